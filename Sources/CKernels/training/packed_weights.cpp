#include "training/packed_weights.h"

#include <map>
#include <mutex>
#include <utility>

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

/// Safe to use from several threads.
class store {
 public:
  static store &shared() {
    static store &once = *new store;
    return once;
  }

  template <typename Value>
  std::shared_ptr<const Value> value(ck_weight_identity identity, packing kind,
                                     const std::function<std::unique_ptr<Value>()> &make) {
    if (identity.weight == 0) return make();
    const key k{identity.weight, kind};
    {
      const std::lock_guard<std::mutex> held(lock);
      now++;
      const auto found = entries.find(k);
      if (found != entries.end() && found->second.version == identity.version) {
        found->second.last_use = now;
        return std::static_pointer_cast<const Value>(found->second.value);
      }
      if (found != entries.end()) remove(found);
    }
    const std::shared_ptr<const Value> made = make();
    keep(k, {identity.version, 0, made->bytes(), made});
    return made;
  }

 private:
  using key = std::pair<uint64_t, packing>;

  void remove(std::map<key, entry>::iterator which) {
    total -= which->second.bytes;
    entries.erase(which);
  }

  void keep(const key &k, entry made) {
    const std::lock_guard<std::mutex> held(lock);
    if (total + made.bytes > most_bytes)
      for (auto i = entries.begin(); i != entries.end();) {
        const auto next = std::next(i);
        if (now - i->second.last_use > longest_wait) remove(i);
        i = next;
      }
    if (total + made.bytes > most_bytes) return;
    made.last_use = now;
    total += made.bytes;
    const auto before = entries.find(k);
    if (before != entries.end()) remove(before);
    entries.emplace(k, std::move(made));
  }

  std::mutex lock;
  std::map<key, entry> entries;
  size_t total = 0;
  uint64_t now = 0;  // counts calls
};

}  // namespace

std::shared_ptr<const ck_gemm_convolution> ck::packed_gemm(
    ck_weight_identity identity, packing kind,
    const std::function<std::unique_ptr<ck_gemm_convolution>()> &make) {
  return store::shared().value(identity, kind, make);
}

std::shared_ptr<const ck_winograd> ck::packed_winograd(
    ck_weight_identity identity, packing kind,
    const std::function<std::unique_ptr<ck_winograd>()> &make) {
  return store::shared().value(identity, kind, make);
}
