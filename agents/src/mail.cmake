# Mail: GMime.
