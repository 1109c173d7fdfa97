import Glibc

/// Memory that the system does not have.
public struct OutOfMemory: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was asked for.
  public let byteCount: Int

  package init(byteCount: Int) {
    self.byteCount = byteCount
    // Handled from here on: a later failure of something else must not look like this one.
    errno = 0
  }

  /// One line for standard error, without the words "out of memory".
  var reason: String { "\(byteCount) bytes more cannot be allocated" }

  /// One line for standard error.
  public var description: String { "out of memory: \(reason)" }
}

/// An error of one stage, which also says where the memory was short.
package protocol OutOfMemoryError: Error {
  /// Wraps what could not be allocated.
  static func outOfMemory(_ error: OutOfMemory) -> Self
}

extension OutOfMemoryError {
  /// Runs something that allocates memory, and wraps its error.
  ///
  /// - Parameter body: Allocates.
  /// - Returns: What `body` returns.
  /// - Throws: `outOfMemory`.
  package static func allocating<Result>(
    _ body: @autoclosure () throws(OutOfMemory) -> Result
  ) throws(Self) -> Result {
    do throws(OutOfMemory) { return try body() } catch { throw .outOfMemory(error) }
  }
}

/// Elements in memory that was allocated by a call that can fail.
///
/// They do not change. An array that Swift cannot allocate ends the process. So whatever has its size from an input or a
/// network is a buffer: the bytes of a file, samples, frames, tensors. A part of a buffer is a buffer
/// too, of the same memory and with the same indices. Small things are arrays, which become buffers
/// without a copy.
public struct Buffer<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  private enum Storage {
    case memory(Memory<Element>)
    case array([Element])
  }

  private let storage: Storage
  /// Where the memory has the element of index 0.
  private let origin: Int
  /// The index of the first element; 0 unless this is a part.
  public let startIndex: Int
  /// The index behind the last element.
  public let endIndex: Int

  private init(_ storage: Storage, _ indices: Range<Int>, origin: Int = 0) {
    self.storage = storage
    self.origin = origin
    (startIndex, endIndex) = (indices.lowerBound, indices.upperBound)
  }

  /// Takes the elements of an array, without a copy.
  ///
  /// - Parameter array: Any.
  public init(_ array: [Element]) { self.init(.array(array), 0..<array.count) }

  /// Allocates elements and fills them.
  ///
  /// - Parameters:
  ///   - count: How many.
  ///   - fill: Writes all of them.
  /// - Throws: `OutOfMemory`.
  public init(
    count: Int, _ fill: (UnsafeMutableBufferPointer<Element>) -> Void
  ) throws(OutOfMemory) {
    let elements = try MutableBuffer<Element>(count: count)
    elements.withElements(fill)
    self = elements.frozen()
  }

  fileprivate init(_ memory: Memory<Element>, count: Int) {
    self.init(.memory(memory), 0..<count)
  }

  /// Takes over memory of C's `malloc`.
  ///
  /// - Parameters:
  ///   - start: The first element; freed with the buffer.
  ///   - count: How many there are.
  init(owning start: UnsafeMutablePointer<Element>?, count: Int) {
    self.init(Memory(start), count: count)
  }

  /// Passes the elements as they lie in memory.
  ///
  /// - Parameter body: Must not keep the pointer.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  @inline(__always)
  public func withUnsafeBufferPointer<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<Element>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch storage {
    case .memory(let memory):
      defer { withExtendedLifetime(memory) {} }
      return try body(
        UnsafeBufferPointer(start: memory.start.map { $0 + origin + startIndex }, count: count))
    case .array(let array):
      return try array.withUnsafeBufferPointer { elements throws(Failure) in
        try body(UnsafeBufferPointer(rebasing: elements[origin + startIndex..<origin + endIndex]))
      }
    }
  }

  /// Passes the elements' bytes as they lie in memory.
  ///
  /// - Parameter body: Must not keep the pointer.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withUnsafeBufferPointer { elements throws(Failure) in
      try body(UnsafeRawBufferPointer(elements))
    }
  }

  /// Makes a buffer of as many other elements.
  ///
  /// - Parameter transform: Makes one of each.
  /// - Returns: The others, in the same order.
  /// - Throws: `OutOfMemory`.
  @inline(__always)
  public func converted<Other>(
    _ transform: (Element) -> Other
  ) throws(OutOfMemory) -> Buffer<Other> {
    try withUnsafeBufferPointer { old throws(OutOfMemory) in
      try Buffer<Other>(count: old.count) { new in
        for i in old.indices { new[i] = transform(old[i]) }
      }
    }
  }
}

extension Buffer {
  /// The same elements with indices from 0 on.
  var rebased: Buffer { Buffer(storage, 0..<count, origin: origin + startIndex) }

  /// Makes one buffer of two.
  ///
  /// - Parameter second: The elements behind these.
  /// - Returns: Both.
  /// - Throws: `OutOfMemory`.
  func followed(by second: Buffer) throws(OutOfMemory) -> Buffer {
    let both = try MutableBuffer<Element>(capacity: count + second.count)
    try both.append(self)
    try both.append(second)
    return both.frozen()
  }
}

extension Buffer: RandomAccessCollection {
  /// The element at an index.
  public subscript(index: Int) -> Element {
    precondition(index >= startIndex && index < endIndex, "an index outside the buffer")
    switch storage {
    case .memory(let memory): return memory.start.unsafelyUnwrapped[origin + index]
    case .array(let array): return array[origin + index]
    }
  }

  /// A part, of the same memory.
  public subscript(range: Range<Int>) -> Buffer {
    precondition(range.lowerBound >= startIndex && range.upperBound <= endIndex, "a part outside")
    return Buffer(storage, range, origin: origin)
  }

  /// Lets generic algorithms of the standard library use the memory.
  public func withContiguousStorageIfAvailable<Result>(
    _ body: (UnsafeBufferPointer<Element>) throws -> Result
  ) rethrows -> Result? {
    try withUnsafeBufferPointer(body)
  }

  /// Copies the elements; how `Array` and `append(contentsOf:)` are quick.
  public func _copyContents(
    initializing target: UnsafeMutableBufferPointer<Element>
  ) -> (Iterator, UnsafeMutableBufferPointer<Element>.Index) {
    withUnsafeBufferPointer { elements in
      let copied = target.initialize(fromContentsOf: elements)
      return (IndexingIterator(_elements: self[endIndex..<endIndex]), copied)
    }
  }

  /// The first index whose element fulfills a condition.
  ///
  /// - Parameter condition: Asked of each in order.
  /// - Returns: nil where none does.
  @inline(__always)
  public func firstIndex(where condition: (Element) -> Bool) -> Int? {
    withUnsafeBufferPointer { elements in
      for i in 0..<elements.count where condition(elements[i]) { return startIndex + i }
      return nil
    }
  }
}

extension Buffer<Float> {
  /// The index of the first value that is NaN or infinite; nil where all are finite.
  var firstNonfinite: Int? {
    let isFinite = withUnsafeBufferPointer { values in
      // Without a branch inside, so that many values are looked at together.
      var mask: UInt32 = 0
      for value in values {
        mask |= value.bitPattern & 0x7F80_0000 == 0x7F80_0000 ? 1 : 0
      }
      return mask == 0
    }
    return isFinite ? nil : firstIndex { !$0.isFinite }
  }
}

extension Buffer: ExpressibleByArrayLiteral {
  /// Takes a few elements.
  public init(arrayLiteral elements: Element...) { self.init(elements) }
}

extension Buffer: CustomStringConvertible {
  /// As of an array.
  public var description: String { "\(Array(self))" }
}

extension Buffer: Equatable where Element: Equatable {
  /// Compares element by element.
  public static func == (first: Buffer, second: Buffer) -> Bool {
    first.withUnsafeBufferPointer { first in
      second.withUnsafeBufferPointer { first.elementsEqual($0) }
    }
  }

  /// Compares with an array.
  public static func == (first: Buffer, second: [Element]) -> Bool { first == Buffer(second) }

  /// Compares with an array.
  public static func == (first: [Element], second: Buffer) -> Bool { Buffer(first) == second }
}

/// Memory of `malloc`, freed with its last owner.
private final class Memory<Element: BitwiseCopyable> {
  let start: UnsafeMutablePointer<Element>?

  init(_ start: UnsafeMutablePointer<Element>?) { self.start = start }

  deinit { free(start) }
}

/// Elements that are still being made, and may become more: what becomes a `Buffer`.
///
/// Growing moves pages instead of copying them where there are many (see `mremap(2)`), so that there is
/// never a second copy. Not for use from two threads at once.
public final class MutableBuffer<Element: BitwiseCopyable & Sendable> {
  private var start: UnsafeMutablePointer<Element>?
  private var capacity = 0
  /// How many elements there are.
  public private(set) var count = 0

  /// Starts without elements, and without memory.
  public init() {}

  /// Starts without elements.
  ///
  /// - Parameter capacity: How many there is to be memory for.
  /// - Throws: `OutOfMemory`.
  public init(capacity: Int) throws(OutOfMemory) { try reserve(capacity) }

  /// Starts with elements that have any value.
  ///
  /// - Parameter count: How many.
  /// - Throws: `OutOfMemory`.
  public convenience init(count: Int) throws(OutOfMemory) {
    try self.init(capacity: count)
    self.count = count
  }

  /// Starts with elements of one value.
  ///
  /// - Parameters:
  ///   - element: The value.
  ///   - count: How many.
  /// - Throws: `OutOfMemory`.
  public convenience init(repeating element: Element, count: Int) throws(OutOfMemory) {
    try self.init(count: count)
    start?.update(repeating: element, count: count)
  }

  deinit { free(start) }

  /// Asks for memory, so that as many elements have room.
  ///
  /// - Parameter wanted: Elements in all.
  /// - Throws: `OutOfMemory`; everything is as it was.
  public func reserve(_ wanted: Int) throws(OutOfMemory) {
    guard wanted > capacity else { return }
    let (bytes, overflows) = wanted.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard !overflows, let moved = realloc(start, bytes) else {
      throw OutOfMemory(byteCount: overflows ? .max : bytes)
    }
    start = moved.assumingMemoryBound(to: Element.self)
    capacity = wanted
  }

  /// Adds elements that a function writes.
  ///
  /// - Parameters:
  ///   - most: How many it may write.
  ///   - write: Gets room for as many, and says how many it wrote.
  /// - Returns: How many it wrote.
  /// - Throws: `OutOfMemory`, or what `write` throws.
  @discardableResult
  public func append(
    upTo most: Int, _ write: (UnsafeMutableBufferPointer<Element>) throws(SystemError) -> Int
  ) throws(SystemError) -> Int {
    do throws(OutOfMemory) { try makeRoom(for: most) } catch { throw SystemError(error) }
    let room = UnsafeMutableBufferPointer(start: start.map { $0 + count }, count: most)
    let written = try write(room)
    count += written
    return written
  }

  /// Adds elements that a function writes.
  ///
  /// - Parameters:
  ///   - more: How many.
  ///   - write: Writes all of them.
  /// - Throws: `OutOfMemory`.
  func append(
    count more: Int, _ write: (UnsafeMutableBufferPointer<Element>) -> Void
  ) throws(OutOfMemory) {
    try makeRoom(for: more)
    write(UnsafeMutableBufferPointer(start: start.map { $0 + count }, count: more))
    count += more
  }

  /// Adds an element.
  ///
  /// - Parameter element: The last one from now on.
  /// - Throws: `OutOfMemory`.
  public func append(_ element: Element) throws(OutOfMemory) {
    try makeRoom(for: 1)
    start?[count] = element
    count += 1
  }

  /// Adds elements.
  ///
  /// - Parameter elements: Any number; none of this buffer's own.
  /// - Throws: `OutOfMemory`.
  public func append(_ elements: UnsafeBufferPointer<Element>) throws(OutOfMemory) {
    guard let base = elements.baseAddress, !elements.isEmpty else { return }
    try makeRoom(for: elements.count)
    start.map { $0 + count }?.update(from: base, count: elements.count)
    count += elements.count
  }

  /// Adds elements.
  ///
  /// - Parameter elements: Any number.
  /// - Throws: `OutOfMemory`.
  public func append(_ elements: Buffer<Element>) throws(OutOfMemory) {
    try elements.withUnsafeBufferPointer { elements throws(OutOfMemory) in try append(elements) }
  }

  private func makeRoom(for more: Int) throws(OutOfMemory) {
    let (least, overflows) = count.addingReportingOverflow(more)
    guard !overflows else { throw OutOfMemory(byteCount: .max) }
    guard least > capacity else { return }
    // In steps that grow, so that little is moved often; an exact size is reserved before.
    try reserve(capacity == 0 ? least : max(least, capacity + capacity / 2))
  }

  /// Removes elements from the front; the others move there.
  ///
  /// - Parameter removed: How many, at most all.
  public func removeFirst(_ removed: Int) {
    precondition(removed <= count, "more than there are")
    count -= removed
    if let start { memmove(start, start + removed, count * MemoryLayout<Element>.stride) }
  }

  /// Removes elements from the end; their memory is kept.
  ///
  /// - Parameter kept: How many stay, at most all.
  public func truncate(to kept: Int) {
    precondition(kept <= count, "more than there are")
    count = kept
  }

  /// Passes the elements.
  ///
  /// - Parameter body: Must not keep the pointer.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  public func withElements<Result, Failure: Error>(
    _ body: (UnsafeMutableBufferPointer<Element>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(UnsafeMutableBufferPointer(start: start, count: count))
  }

  /// Hands the elements over, without a copy; none are left here.
  ///
  /// - Returns: The elements, which do not change any more.
  public func frozen() -> Buffer<Element> {
    // What was reserved and not needed goes back; memory that becomes less can always be had.
    if count < capacity, let less = realloc(start, max(1, count * MemoryLayout<Element>.stride)) {
      start = less.assumingMemoryBound(to: Element.self)
    }
    defer { (start, capacity, count) = (nil, 0, 0) }
    return Buffer(owning: start, count: count)
  }
}

extension SystemError {
  /// The error of a call of the system that has no memory either.
  ///
  /// - Parameter error: What could not be allocated.
  public init(_ error: OutOfMemory) { self.init(code: ENOMEM) }
}
