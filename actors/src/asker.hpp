// Whoever waits for an answer, kept so that it can't be forgotten: CAF 0.17.6 drops an unanswered promise without a word,
// and its owner may die at any time. So the destructor answers.
#pragma once
#include "commonbook/actors/messages.hpp"

#include <caf/typed_response_promise.hpp>

#include <memory>
#include <utility>
#include <variant>
#include <vector>

namespace commonbook::actors {

/// The answers to a message that asks for several: delivered once all are there. Each place is answered once.
/// @thread  the intake's.
template <class T>
class AskerGroup {
 public:
  using Promise = caf::typed_response_promise<std::vector<Reply<T>>>;
  AskerGroup(Promise promise, std::size_t count) : promise_(std::move(promise)), replies_(count), left_(count) {}
  void answer(std::size_t place, Reply<T> reply) {
    replies_[place] = std::move(reply);
    if (--left_ == 0) promise_.deliver(std::move(replies_));
  }

 private:
  Promise promise_;
  std::vector<Reply<T>> replies_;
  std::size_t left_;
};

/// An actor's request, a place in one for several, or an outside thread's future.
/// @thread  the intake's.
template <class T>
class Asker {
 public:
  using Promise = caf::typed_response_promise<Reply<T>>;
  explicit Asker(Promise promise) : to_(std::move(promise)) {}
  Asker(std::shared_ptr<AskerGroup<T>> group, std::size_t place) : to_(Place{std::move(group), place}) {}
  explicit Asker(std::shared_ptr<Ticket<T>> ticket) : to_(std::move(ticket)) {
    std::get<std::shared_ptr<Ticket<T>>>(to_)->admit();
  }
  Asker(Asker&& other) noexcept : to_(std::move(other.to_)), owed_(std::exchange(other.owed_, false)) {}
  Asker& operator=(Asker&&) = delete;
  ~Asker() {
    if (owed_)
      answer(Error{ErrorCode::unknown, "the intake stopped before the outcome was known; send it again with the same "
                                       "operation id"});
  }

  /// The first answer counts; later ones are ignored.
  void answer(Result<T> result) {
    if (!std::exchange(owed_, false)) return;
    if (auto* promise = std::get_if<Promise>(&to_))
      promise->deliver(Reply<T>{std::move(result)});
    else if (auto* place = std::get_if<Place>(&to_))
      place->group->answer(place->at, Reply<T>{std::move(result)});
    else
      std::get<std::shared_ptr<Ticket<T>>>(to_)->fulfil(std::move(result));
  }

 private:
  struct Place {
    std::shared_ptr<AskerGroup<T>> group;
    std::size_t at = 0;
  };
  std::variant<Promise, Place, std::shared_ptr<Ticket<T>>> to_;
  bool owed_ = true;
};

}  // namespace commonbook::actors
