// All that a file's processes were told, over its whole life, and the comparison with what stands in the file.
#pragma once
#include "content.hpp"
#include "crash_board.hpp"

#include "commonbook/actors/seeded_random.hpp"
#include "commonbook/sim/crash.hpp"
#include "commonbook/storage/book.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace commonbook::sim::crash {

/// Figures of one check.
struct CheckCount {
  std::uint64_t open = 0;        ///< calls whose outcome was open, and is known now
  std::uint64_t open_found = 0;  ///< of these, stored
  std::uint64_t replays = 0;
};

class BookRecord {
 public:
  explicit BookRecord(std::uint64_t seed) : seed_(seed) {}

  /// Takes over what a round's processes wrote down. @returns calls asked and acknowledged.
  std::pair<std::uint64_t, std::uint64_t> absorb(const CrashBoard& board, std::uint32_t processes);

  /// Opens the file as any program would, and compares. Nobody else has it open.
  /// @param is_copy  nothing is learned from what the check itself stores.
  CheckCount check(const std::filesystem::path& database, bool is_copy, CrashFindings& findings);

 private:
  enum class Fate : std::uint8_t { open, stored, absent, refused };
  struct Call {
    Fate fate = Fate::open;
    bool acknowledged = false;     ///< else its place in the file is known from looking
    bool replayed = false;         ///< stored by a check
    bool retract_asked = false;
    bool retracted = false;        ///< acknowledged
    std::uint64_t commit_seq = 0;
    std::uint32_t ack_class = 0;
    std::uint32_t created = 0;
    std::vector<std::int64_t> entities;
  };
  struct KeyState {
    std::int64_t entity = 0;
    std::uint32_t creators = 0;
  };
  struct Found {
    std::uint32_t times = 0;
    bool retracted = false;
  };
  struct Listing {
    std::map<ItemId, Found> items;
    std::map<std::string, std::int64_t> names;  ///< entity of a key of scheme name
    std::uint64_t strangers = 0;
  };

  void absorb_call(const LoggedCall& logged, const ItemId& item);
  void absorb_receipt(const LoggedCall& logged, const std::vector<Key>& keys);
  void check_file(const storage::Book& book, CrashFindings& findings) const;
  void compare(const Listing& listing, CheckCount& count, CrashFindings& findings);
  void check_order(CrashFindings& findings) const;
  void check_keys(const Listing& listing, CrashFindings& findings) const;
  void replay(const storage::Book& book, bool is_copy, CheckCount& count, CrashFindings& findings);
  [[nodiscard]] std::string where(const ItemId& item) const;

  std::uint64_t seed_;
  std::uint32_t checks_ = 0;
  std::map<ItemId, Call> calls_;
  std::map<std::pair<Scheme, std::string>, KeyState> keys_;
};

}  // namespace commonbook::sim::crash
