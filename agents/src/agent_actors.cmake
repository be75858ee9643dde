# The agents as actors.
