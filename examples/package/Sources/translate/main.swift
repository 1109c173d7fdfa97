import CycleGAN

// Translates one image: translate WEIGHTS INPUT OUTPUT.png
let paths = CommandLine.arguments.dropFirst().map { FilePath($0) }
guard paths.count == 3 else { fatalError("usage: translate WEIGHTS INPUT OUTPUT.png") }

// Weights of these tools or of the official PyTorch code; the tensors tell the architecture.
let weights = try WeightsFile.read(paths[0])
let architecture = try GeneratorArchitecture(inferringFrom: weights)
let generator = try Generator(
  weights.fitted(to: architecture.network), architecture: architecture)

// PNG, JPEG, WebP or PNM, recognized by content; 8-bit RGB, upright.
let image = try Image(decoding: ByteReader(paths[1]).readAll())
let translation = try Image(try generator(Frame(image)))

// Atomically: under the name there is the whole file or none.
try AtomicFile.write(translation.encoded(as: .png), to: paths[2])
