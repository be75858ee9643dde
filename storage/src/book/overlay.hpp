// The tail in memory: a gapless run of rows [first, last] by seq, found by subject and by object, so that reading
// needs no index on the tail. Writers append what they committed; readers append what other processes did.
//
//   seq:    watermark < first ............ last        rows above `last` are read from the file
//
// A change of epoch empties it. Rows at or below the watermark are dropped when a pass has finished, and no snapshot needs
// them any more (Pin).
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace commonbook::storage {

/// An object as rows hold it: an entity id, or an encoded literal ("1:text").
using RowObject = std::variant<std::int64_t, std::string>;

struct TailRow {
  std::int64_t seq = 0;
  std::int64_t subject = 0;
  std::int64_t predicate = 0;
  RowObject object;
  std::int64_t observation = 0;
};

/// The rows that have this subject, or this object.
struct RowEnd {
  bool is_subject = true;
  RowObject value;  ///< of a subject: its id
};

class Overlay {
 public:
  /// Is told of each row above those that it was told of before, in their order, under the overlay's lock: it must not call
  /// back.
  using Watcher = std::function<void(const TailRow&)>;
  explicit Overlay(std::size_t bytes_max, Watcher watcher = {});
  ~Overlay();

  /// While it lives, rows above its watermark stay visible though a pass has compacted them, unless they take half of the
  /// room: else whoever reads in an older snapshot would have to read the whole tail from the file. Thread: any.
  class Pin {
   public:
    Pin() = default;
    Pin(Pin&& other) noexcept : overlay_(std::exchange(other.overlay_, nullptr)), watermark_(other.watermark_) {}
    Pin& operator=(Pin&& other) noexcept {
      std::swap(overlay_, other.overlay_);
      std::swap(watermark_, other.watermark_);
      return *this;
    }
    ~Pin() {
      if (overlay_ != nullptr) overlay_->unpin(watermark_);
    }

   private:
    friend class Overlay;
    Pin(Overlay& overlay, std::int64_t watermark) : overlay_(&overlay), watermark_(watermark) {}
    Overlay* overlay_ = nullptr;
    std::int64_t watermark_ = 0;
  };
  [[nodiscard]] Pin pin(std::int64_t watermark);

  /// Rows that a writer of this process committed, in the order of commits. Waits for no reader: whoever looks next takes
  /// them in, and drops what lies up to `watermark` where that is all there is. Thread: any that holds the gate.
  void queue(std::int64_t epoch, std::int64_t watermark, std::vector<TailRow>&& rows);
  /// Appends rows read from the file: all there are behind `after`, so numbers that are missing leave no gap. Rows up to
  /// last() are passed over; where `after` lies above last(), the call does nothing. Takes what it keeps out of `rows`.
  /// Thread: any.
  void append(std::int64_t epoch, std::int64_t after, std::vector<TailRow>&& rows);
  /// Puts rows before the first one held: all that the file has between `low` and `first`. Does nothing where `first` is
  /// not the first one any more, or rows above `low` have been dropped as compacted. Thread: any.
  void prepend(std::int64_t epoch, std::int64_t low, std::int64_t first, std::vector<TailRow>&& rows);
  /// The highest seq held, or 0 when empty or filled under another epoch. Thread: any.
  [[nodiscard]] std::int64_t last(std::int64_t epoch) const;
  /// The lowest seq held, or 0 when empty. Thread: any.
  [[nodiscard]] std::int64_t first(std::int64_t epoch) const;
  /// Drops rows up to `watermark`, but for those that are pinned. Some of them may stay in memory for a while, invisible.
  /// Thread: any.
  void drop_until(std::int64_t watermark);
  /// Takes in what is queued where that is some thousand rows. For a writer that holds no gate, where nobody reads: whoever
  /// asks first then links what is left of the tail, in some 50 ms where that is 300,000 rows. Thread: any.
  void settle_many();
  /// Readers find rows by links that are made when somebody looks; this makes them where a hundred are due, so that the
  /// next reader need not. For a writer that holds no gate, where somebody reads now and then. Thread: any.
  void link_for_readers();
  /// Visits rows with low < seq <= high of a subject, an object, or all of them, the oldest first. The visitor must not
  /// call back into the overlay. Thread: any.
  void visit_subject(std::int64_t subject, std::int64_t low, std::int64_t high,
                     const std::function<void(const TailRow&)>& visitor) const;
  void visit_object(const RowObject& object, std::int64_t low, std::int64_t high,
                    const std::function<void(const TailRow&)>& visitor) const;
  /// Visits those of one predicate, the newest first, until the visitor gives false: so a common entity costs what is
  /// taken, however many rows name it. Thread: any.
  void visit_newest(const RowEnd& end, std::int64_t predicate, std::int64_t low, std::int64_t high,
                    const std::function<bool(const TailRow&)>& visitor) const;
  /// The predicates of rows with low < seq <= high, each once, ascending; perhaps some of rows that were compacted
  /// meanwhile. Thread: any.
  [[nodiscard]] std::vector<std::int64_t> predicates(const RowEnd& end, std::int64_t low, std::int64_t high) const;
  /// Whether a row with low < seq <= high has the entity as subject or object. Thread: any.
  [[nodiscard]] bool is_named(std::int64_t entity, std::int64_t low, std::int64_t high) const;
  /// The watcher was told of all rows with seq above this, up to `through` at least. @returns  the highest integer where it
  /// was not. Thread: any.
  [[nodiscard]] std::int64_t watched_from(std::int64_t epoch, std::int64_t through) const;
  /// True where no row above `after` that the watcher was told of has the entity; false also where that can't be said any
  /// more. Thread: any.
  [[nodiscard]] bool is_untouched(std::int64_t entity, std::int64_t after) const;
  /// True where no such row has the entity as subject and a predicate that fits; false also where some older row does.
  [[nodiscard]] bool lacks_predicates(std::int64_t subject, std::int64_t after,
                                      const std::function<bool(std::int64_t)>& fits) const;
  void visit_all(std::int64_t low, std::int64_t high, const std::function<void(const TailRow&)>& visitor) const;
  [[nodiscard]] std::size_t bytes() const;
  [[nodiscard]] bool is_full() const;

 private:
  void unpin(std::int64_t watermark) noexcept;
  template <class Look>
  bool is_answered(std::int64_t after, Look look) const;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonbook::storage
