/// How much a pickle may ask for.
///
/// A wrapped checkpoint of four networks with their optimizers stays below a tenth of each.
struct PickleLimits {
  /// Length of a pickle, bytes.
  var bytes = 16 << 20
  /// Instructions run.
  var instructions = 1_000_000
  /// Places of the memo.
  var memo = 1_000_000
  /// Tuples, lists and dictionaries within each other, and marks at a time.
  var depth = 64
  /// Dimensions of a tensor; the most that PyTorch has.
  var rank = 64
  /// Length of a text, bytes.
  var text = 64 << 10
  /// Length of the name of a module, an object or a storage, bytes.
  var name = 255
  /// References to storages; a tensor has one.
  var storages = 16_384
}
