#include "insert_batch.hpp"

#include "../headers_json.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <utility>

namespace inbox::postgres {

namespace {

int32_t from_one(size_t index) {
  return static_cast<int32_t>(index + 1);
}

} // namespace

insert_batch::insert_batch(std::vector<const event*> events)
  : events_(std::move(events)) {
  std::unordered_map<std::string_view, size_t> known;
  type_of_.reserve(events_.size());
  for (auto* x : events_) {
    auto [entry, is_new] = known.emplace(x->type, types_.size());
    if (is_new)
      types_.push_back(x->type);
    type_of_.push_back(entry->second);
    ordered_ = ordered_ || x->ordering_key;
    caused_ = caused_ || x->cause;
  }
}

params insert_batch::arguments() const {
  params result;
  add_rows(result);
  column<std::string_view> types;
  for (auto name : types_)
    types.push(name);
  result.add(std::move(types));
  add_sizes(result);
  return result;
}

// As the server compares them: byte by byte.
std::vector<size_t> insert_batch::order_of_ids() const {
  std::vector<size_t> result(events_.size());
  std::iota(result.begin(), result.end(), size_t{0});
  std::sort(result.begin(), result.end(), [this](size_t x, size_t y) {
    return events_[x]->id < events_[y]->id;
  });
  return result;
}

void insert_batch::add_rows(params& to) const {
  column<uuid> ids;
  column<int32_t> places;
  column<int32_t> types;
  column<bytes> payloads;
  column<timestamp> dates;
  column<std::string_view> ordering_keys;
  column<json> headers;
  column<uuid> causes;
  for (auto i : order_of_ids()) {
    auto& x = *events_[i];
    ids.push(x.id);
    places.push(from_one(i));
    types.push(from_one(type_of_[i]));
    payloads.push(bytes{x.payload.view()});
    dates.push(x.date);
    ordering_keys.push(x.ordering_key);
    if (auto text = headers_to_json(x.headers))
      headers.push(json{*text});
    else
      headers.push_null();
    if (caused_) // mostly none has one: the column stays empty
      causes.push(x.cause);
  }
  to.add(std::move(ids));
  to.add(std::move(places));
  to.add(std::move(types));
  to.add(std::move(payloads));
  to.add(std::move(dates));
  to.add(std::move(ordering_keys));
  to.add(std::move(headers));
  to.add(std::move(causes));
}

void insert_batch::add_sizes(params& to) const {
  column<int32_t> types;
  column<int32_t> sizes;
  for (size_t i = 0; i < events_.size(); ++i) {
    types.push(from_one(type_of_[i]));
    sizes.push(static_cast<int32_t>(events_[i]->payload.view().size()));
  }
  to.add(std::move(types));
  to.add(std::move(sizes));
}

} // namespace inbox::postgres
