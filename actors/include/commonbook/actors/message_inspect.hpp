// How the model's values are written to and read from a message: CAF's inspect() for each. Needed on the wire only;
// within one process messages are moved or shared, never serialised.
#pragma once
#include "commonbook/model/answer.hpp"
#include "commonbook/model/observation.hpp"
#include "commonbook/model/query_plan.hpp"
#include "commonbook/model/result.hpp"

#include <caf/deserializer.hpp>
#include <caf/detail/stringification_inspector.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/optional.hpp>
#include <caf/serializer.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>

// CAF 0.17.6 knows neither std::optional nor std::variant. Argument-dependent look-up finds these overloads through the
// inspector, whose namespace is caf for the (de)serialiser and caf::detail for the printer.
namespace caf {
template <class T>
error inspect(serializer& f, std::optional<T>& x) {
  auto copy = x ? optional<T>{*x} : optional<T>{};
  return f(copy);
}
template <class T>
error inspect(deserializer& f, std::optional<T>& x) {
  optional<T> read;
  if (auto failure = f(read)) return failure;
  x = read ? std::optional<T>{std::move(*read)} : std::nullopt;
  return none;
}
namespace detail {
template <class T>
void inspect(stringification_inspector& f, std::optional<T>& x) {
  if (x)
    f(*x);
  else
    f("none");
}
}  // namespace detail
}  // namespace caf

namespace commonbook {

template <class I>
typename I::result_type inspect(I& f, Timestamp& x) {
  return f(caf::meta::type_name("Timestamp"), x.unix_ms);
}
template <class I>
typename I::result_type inspect(I& f, Key& x) {
  return f(caf::meta::type_name("Key"), x.scheme, x.value, x.space);
}
template <class I>
typename I::result_type inspect(I& f, EntityName& x) {
  return f(caf::meta::type_name("EntityName"), x.key, x.spelling);
}
template <class I>
typename I::result_type inspect(I& f, Literal& x) {
  return f(caf::meta::type_name("Literal"), x.type, x.text);
}
template <class I>
typename I::result_type inspect(I& f, EntityView& x) {
  return f(caf::meta::type_name("EntityView"), x.id, x.key, x.spelling);
}

namespace detail {
/// Both sides of a variant spelt out, so that it can travel; only the one that `is_first` names counts.
template <class First, class Second>
struct SpeltVariant {
  bool is_first = true;
  First first;
  Second second;
  explicit SpeltVariant(const std::variant<First, Second>& from) : is_first(from.index() == 0) {
    if (is_first)
      first = std::get<0>(from);
    else
      second = std::get<1>(from);
  }
  void give_back(std::variant<First, Second>& to) {
    if (is_first)
      to.template emplace<0>(std::move(first));
    else
      to.template emplace<1>(std::move(second));
  }
};
}  // namespace detail

template <class I>
typename I::result_type inspect(I& f, Triple& x) {
  detail::SpeltVariant<EntityName, Literal> object{x.object};
  if constexpr (I::writes_state) {
    if (auto failure = f(x.subject, x.predicate, object.is_first, object.first, object.second, x.cardinality))
      return failure;
    object.give_back(x.object);
    return caf::none;
  } else {
    return f(caf::meta::type_name("Triple"), x.subject, x.predicate, object.is_first, object.first, object.second,
             x.cardinality);
  }
}
template <class I>
typename I::result_type inspect(I& f, Document& x) {
  return f(caf::meta::type_name("Document"), x.id, x.kind, x.title, x.text, x.context, x.time, x.hash, x.subject);
}
template <class I>
typename I::result_type inspect(I& f, NameClaim& x) {
  return f(caf::meta::type_name("NameClaim"), x.entity, x.name);
}
template <class I>
typename I::result_type inspect(I& f, Observation& x) {
  return f(caf::meta::type_name("Observation"), x.agent, x.session, x.sequence, x.operation_id, x.document, x.triples,
           x.claims, x.position, x.time, x.revision, x.valid_from, x.specificity, x.trust, x.ack_class,
           x.want_novelty, x.derived_from);
}
template <class I>
typename I::result_type inspect(I& f, ReceiptEntity& x) {
  return f(caf::meta::type_name("ReceiptEntity"), x.id, x.created);
}
template <class I>
typename I::result_type inspect(I& f, Receipt& x) {
  return f(caf::meta::type_name("Receipt"), x.commit_seq, x.ack_class, x.replayed, x.entities, x.novel);
}
template <class I>
typename I::result_type inspect(I& f, LiteralRange& x) {
  return f(caf::meta::type_name("LiteralRange"), x.predicate, x.from, x.to);
}
template <class I>
typename I::result_type inspect(I& f, RetrievalParts& x) {
  return f(caf::meta::type_name("RetrievalParts"), x.words, x.facts, x.entities, x.graph, x.time, x.spelling,
           x.neighbours, x.expansion, x.vectors);
}
template <class I>
typename I::result_type inspect(I& f, PredicateWeight& x) {
  return f(caf::meta::type_name("PredicateWeight"), x.predicate, x.weight);
}
template <class I>
typename I::result_type inspect(I& f, QueryPlan& x) {
  return f(caf::meta::type_name("QueryPlan"), x.terms, x.names, x.keys, x.literals, x.ranges, x.as_of, x.walk_depth,
           x.walk_weights, x.walk_weight_default, x.documents_max, x.entities_max, x.facts_max, x.parts,
           x.superseded);
}
template <class I>
typename I::result_type inspect(I& f, Citation& x) {
  return f(caf::meta::type_name("Citation"), x.document_id, x.kind, x.title, x.agent, x.time, x.position, x.trust);
}
template <class I>
typename I::result_type inspect(I& f, Fact& x) {
  detail::SpeltVariant<EntityView, Literal> object{x.object};
  if constexpr (I::writes_state) {
    if (auto failure = f(x.subject, x.predicate, object.is_first, object.first, object.second, x.single_valued,
                         x.superseded, x.revision, x.valid_from, x.specificity, x.distance, x.evidence_count,
                         x.citation, x.closeness))
      return failure;
    object.give_back(x.object);
    return caf::none;
  } else {
    return f(caf::meta::type_name("Fact"), x.subject, x.predicate, object.is_first, object.first, object.second,
             x.single_valued, x.superseded, x.revision, x.valid_from, x.specificity, x.distance, x.evidence_count,
             x.citation, x.closeness);
  }
}
template <class I>
typename I::result_type inspect(I& f, Passage& x) {
  return f(caf::meta::type_name("Passage"), x.citation, x.text, x.subject, x.score);
}
template <class I>
typename I::result_type inspect(I& f, Correction& x) {
  return f(caf::meta::type_name("Correction"), x.asked, x.read_as);
}
template <class I>
typename I::result_type inspect(I& f, Excerpt& x) {
  return f(caf::meta::type_name("Excerpt"), x.citation, x.text, x.before, x.after, x.begin, x.end, x.score);
}
template <class I>
typename I::result_type inspect(I& f, Answer& x) {
  return f(caf::meta::type_name("Answer"), x.line, x.citations, x.passages, x.excerpts, x.facts, x.starts,
           x.corrections, x.commit_seq, x.truncated);
}
template <class I>
typename I::result_type inspect(I& f, Error& x) {
  return f(caf::meta::type_name("Error"), x.code, x.message, x.sqlite_code, x.retry_after);
}

}  // namespace commonbook
