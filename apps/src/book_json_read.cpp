#include "book_json.hpp"
#include "book_json_names.hpp"

#include <charconv>
#include <limits>

namespace commonbook::apps {

namespace {

using namespace storage;

// Reads fields and remembers the first that is wrong, so that a record is written down as a list of its fields.
class Fields {
 public:
  explicit Fields(const Json& object) : object_(object) {
    if (!object.is_object()) wrong("a record", "an object");
  }

  std::int64_t integer(const char* name) { return integer_of(find(name), name); }
  std::int64_t integer_of(const Json& value, const char* name) {
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(integer_max)) {
      wrong(name, "an integer of 64 bits");
      return 0;
    }
    if (value.is_number_integer()) return value.get<std::int64_t>();
    wrong(name, "an integer");
    return 0;
  }
  double real(const char* name) {
    const Json& value = find(name);
    if (value.is_number()) return value.get<double>();
    wrong(name, "a number");
    return 0;
  }
  std::string text(const char* name) { return text_of(find(name), name); }
  std::string text_of(const Json& value, const char* name) {
    if (value.is_string()) return value.get<std::string>();
    wrong(name, "a text");
    return {};
  }
  bool flag(const char* name) {
    if (!has(name)) return false;
    const Json& value = find(name);
    if (!value.is_boolean()) wrong(name, "true or false");
    return value.is_boolean() && value.get<bool>();
  }
  std::string hex(const char* name) {
    auto bytes = bytes_of_hex(text(name));
    if (!bytes) wrong(name, "pairs of hexadecimal digits");
    return bytes ? std::move(*bytes) : std::string{};
  }
  /// The element of an optional list; an empty list where there is none.
  const Json& list(const char* name) {
    static const Json empty = Json::array();
    if (!has(name)) return empty;
    const Json& value = find(name);
    if (value.is_array()) return value;
    wrong(name, "a list");
    return empty;
  }
  /// A list of `size` elements, or nothing and a remembered error.
  const Json* tuple(const Json& value, std::size_t size, const char* name) {
    if (value.is_array() && value.size() == size) return &value;
    wrong(name, "a list of " + std::to_string(size));
    return nullptr;
  }
  template <class Enum>
  Enum one_of(const std::string& word, Enum first, Enum last, const char* name) {
    for (int number = static_cast<int>(first); number <= static_cast<int>(last); ++number)
      if (to_string(static_cast<Enum>(number)) == word) return static_cast<Enum>(number);
    wrong(name, "a known word, not \"" + word.substr(0, 40) + "\"");
    return first;
  }
  [[nodiscard]] bool has(const char* name) const { return object_.is_object() && object_.contains(name); }
  const Json& find(const char* name) {
    static const Json nothing;
    if (has(name)) return object_.at(name);
    wrong(name, "there");
    return nothing;
  }
  void wrong(const std::string& name, const std::string& expected) {
    if (!error_) error_ = Error{ErrorCode::parse_error, name + " must be " + expected, 0, {}};
  }
  /// An error of fields that were read from within this one's.
  void join(const Fields& inner) {
    if (!error_) error_ = inner.error_;
  }
  template <class T>
  Result<BookLine> give(T value) const {
    if (error_) return *error_;
    // In place: g++ 12 takes the pieces of moved temporaries for uninitialised.
    return Result<BookLine>{BookLine{std::in_place_type<BookRecord>, std::in_place_type<T>, std::move(value)}};
  }
  [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }

 private:
  static constexpr std::int64_t integer_max = std::numeric_limits<std::int64_t>::max();
  const Json& object_;
  std::optional<Error> error_;
};

Result<BookLine> read_entity(const Json& json) {
  Fields fields{json};
  BookEntity entity;
  entity.number = fields.integer("entity");
  for (const Json& each : fields.list("keys")) {
    if (!each.is_array() || each.size() < 2 || each.size() > 3) {
      fields.wrong("keys", "lists of scheme, value and space");
      break;
    }
    Key key;
    key.scheme = fields.one_of(fields.text_of(each[0], "scheme"), Scheme::name, Scheme::exact, "scheme");
    key.value = fields.text_of(each[1], "value");
    if (each.size() == 3) key.space = fields.text_of(each[2], "space");
    entity.keys.push_back(std::move(key));
  }
  entity.spelling = fields.has("spelling_hex") ? fields.hex("spelling_hex") : fields.text("spelling");
  return fields.give(std::move(entity));
}

Result<BookLine> read_suggestion(const Json& json) {
  Fields fields{json};
  BookSuggestion suggestion;
  if (const Json* pair = fields.tuple(fields.find("suggestion"), 2, "suggestion")) {
    suggestion.left = fields.integer_of((*pair)[0], "suggestion");
    suggestion.right = fields.integer_of((*pair)[1], "suggestion");
  }
  suggestion.score = fields.real("score");
  suggestion.reason = fields.text("reason");
  suggestion.status = fields.integer("status");
  return fields.give(std::move(suggestion));
}

BookDocument read_document(const Json& json, Fields& outer) {
  Fields fields{json};
  BookDocument document;
  document.id = fields.text("id");
  document.hash = fields.text("hash");
  document.with_content = fields.has("kind");
  if (document.with_content) {
    document.kind = fields.one_of(fields.text("kind"), DocumentKind::event, DocumentKind::text, "kind");
    document.title = fields.text("title");
    document.text = fields.text("text");
    document.context = fields.text("context");
    if (fields.has("time")) document.time = Timestamp{fields.integer("time")};
    if (fields.has("subject")) document.subject = fields.integer("subject");
  }
  outer.join(fields);
  return document;
}

std::vector<BookNaming> read_namings(Fields& fields, const char* name) {
  std::vector<BookNaming> namings;
  for (const Json& each : fields.list(name)) {
    const Json* pair = fields.tuple(each, 2, name);
    if (pair == nullptr) break;
    namings.push_back({fields.integer_of((*pair)[0], name), fields.text_of((*pair)[1], name)});
  }
  return namings;
}

std::vector<BookTriple> read_triples(Fields& fields) {
  std::vector<BookTriple> triples;
  for (const Json& each : fields.list("triples")) {
    const Json* parts = fields.tuple(each, 3, "triples");
    if (parts == nullptr) break;
    BookTriple triple{fields.integer_of((*parts)[0], "subject"), fields.text_of((*parts)[1], "predicate"), {}};
    const Json& object = (*parts)[2];
    if (object.is_array()) {
      const Json* literal = fields.tuple(object, 2, "literal");
      if (literal == nullptr) break;
      triple.object = Literal{fields.one_of(fields.text_of((*literal)[0], "type of a literal"), LiteralType::text,
                                            LiteralType::uri, "type of a literal"),
                              fields.text_of((*literal)[1], "literal")};
    } else {
      triple.object = fields.integer_of(object, "object");
    }
    triples.push_back(std::move(triple));
  }
  return triples;
}

Result<BookLine> read_observation(const Json& json) {
  Fields fields{json.at("observation")};
  BookObservation observation;
  observation.agent = fields.text("agent");
  observation.session = fields.text("session");
  const std::int64_t sequence = fields.integer("sequence");
  if (sequence < 1) fields.wrong("sequence", "1 or more");
  observation.sequence = static_cast<std::uint64_t>(sequence);
  if (fields.has("operation")) observation.operation_id = fields.text("operation");
  observation.retracted = fields.flag("retracted");
  observation.position = fields.text("position");
  observation.time = {fields.integer("time")};
  observation.revision = fields.integer("revision");
  observation.valid_from = {fields.integer("valid_from")};
  const std::int64_t specificity = fields.integer("specificity");
  if (specificity < 0 || specificity > 255) fields.wrong("specificity", "from 0 to 255");
  observation.specificity = static_cast<std::uint8_t>(specificity);
  observation.trust = fields.one_of(fields.text("trust"), Trust::own, Trust::untrusted, "trust");
  observation.ack_class = fields.one_of(fields.text("ack"), AckClass::applied, AckClass::durable, "ack");
  observation.created = fields.hex("created");
  observation.payload_hash = fields.hex("payload");
  if (fields.has("document")) observation.document = read_document(fields.find("document"), fields);
  observation.triples = read_triples(fields);
  observation.spellings = read_namings(fields, "spellings");
  observation.claims = read_namings(fields, "claims");
  for (const Json& each : fields.list("derived_from"))
    observation.derived_from.push_back(fields.text_of(each, "derived_from"));
  return fields.give(std::move(observation));
}

Result<BookLine> read_header(const Json& json) {
  Fields fields{json};
  const std::string what = fields.text("commonbook");
  const std::int64_t version = fields.integer("version");
  if (fields.error()) return *fields.error();
  if (what != "book") return Error{ErrorCode::parse_error, "commonbook must be \"book\"", 0, {}};
  if (version > book_format_version)
    return Error{ErrorCode::newer_schema, "a newer program wrote it, in version " + std::to_string(version), 0, {}};
  return BookLine{BookHeader{}};
}

Result<BookLine> read_end(const Json& json) {
  Fields fields{json.at("end")};
  BookEnd end;
  end.lines = fields.integer("lines");
  const std::string digest = fields.text("content_digest");
  const auto [rest, problem] = std::from_chars(digest.data(), digest.data() + digest.size(), end.content_digest, 16);
  if (problem != std::errc{} || rest != digest.data() + digest.size()) fields.wrong("content_digest", "16 digits");
  if (fields.error()) return *fields.error();
  return BookLine{end};
}

}  // namespace

std::optional<std::string> bytes_of_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t at = 0; at < hex.size(); at += 2) {
    unsigned value = 0;
    const auto [rest, problem] = std::from_chars(hex.data() + at, hex.data() + at + 2, value, 16);
    if (problem != std::errc{} || rest != hex.data() + at + 2) return std::nullopt;
    bytes += static_cast<char>(value);
  }
  return bytes;
}

Result<BookLine> parse_book_line(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return Error{ErrorCode::parse_error, "it is no JSON", 0, {}};
  if (!json.is_object()) return Error{ErrorCode::parse_error, "it is no JSON object", 0, {}};
  if (json.contains("observation")) return read_observation(json);
  if (json.contains("entity")) return read_entity(json);
  if (json.contains("suggestion")) return read_suggestion(json);
  if (json.contains("commonbook")) return read_header(json);
  if (json.contains("end")) return read_end(json);
  Fields fields{json};
  if (json.contains("predicate")) {
    BookPredicate predicate{fields.text("predicate"), fields.flag("single")};
    return fields.give(std::move(predicate));
  }
  if (json.contains("redirect")) {
    const BookRedirect redirect{fields.integer("redirect"), fields.integer("to")};
    return fields.give(redirect);
  }
  return Error{ErrorCode::parse_error, "it is no record of a book", 0, {}};
}

}  // namespace commonbook::apps
