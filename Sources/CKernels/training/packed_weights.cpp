#include "training/packed_weights.h"

#include <iterator>
#include <map>
#include <mutex>

using namespace ck;

namespace {

/// All that is kept takes at most this much: what a step of 64 px with the defaults has. Of larger
/// networks, whose products take longer than their weights, some weights are kept.
constexpr size_t most_bytes = size_t{192} << 20;
/// Calls after which nobody is likely to ask again: several steps of the largest networks.
constexpr uint64_t longest_wait = 4096;

struct entry {
  uint64_t version, last_use;
  size_t bytes;
  std::shared_ptr<const void> value;
};

/// All that is kept; `lock` is held for whatever is done to it.
struct store {
  static store &shared() {
    static store &once = *new store;
    return once;
  }

  std::map<std::pair<uint64_t, packing>, entry>::iterator remove(
      std::map<std::pair<uint64_t, packing>, entry>::iterator which) {
    total -= which->second.bytes;
    return entries.erase(which);
  }

  std::mutex lock;
  std::map<std::pair<uint64_t, packing>, entry> entries;
  size_t total = 0;
  uint64_t now = 0;  // counts calls
};

}  // namespace

std::shared_ptr<const void> ck::kept_packing(ck_weight_identity identity, packing kind) {
  if (identity.weight == 0) return nullptr;
  store &all = store::shared();
  const std::lock_guard<std::mutex> held(all.lock);
  all.now++;
  const auto found = all.entries.find({identity.weight, kind});
  if (found == all.entries.end()) return nullptr;
  if (found->second.version == identity.version) {
    found->second.last_use = all.now;
    return found->second.value;
  }
  all.remove(found);
  return nullptr;
}

void ck::keep_packing(ck_weight_identity identity, packing kind, size_t bytes,
                      std::shared_ptr<const void> made) {
  if (identity.weight == 0) return;
  store &all = store::shared();
  const std::lock_guard<std::mutex> held(all.lock);
  if (all.total + bytes > most_bytes)
    for (auto i = all.entries.begin(); i != all.entries.end();)
      i = all.now - i->second.last_use > longest_wait ? all.remove(i) : std::next(i);
  if (all.total + bytes > most_bytes) return;
  // Another thread may have made the same at the same time.
  const bool is_new = all.entries
                          .emplace(std::pair{identity.weight, kind},
                                   entry{identity.version, all.now, bytes, std::move(made)})
                          .second;
  if (is_new) all.total += bytes;
}
