import CCodecs
import CKernels

/// The version of these tools.
package let cycleGANVersion = "0.1.0"

/// What `--version` prints.
package enum ToolVersion {
  /// A tool's version and those of the libraries it stands on.
  ///
  /// - Parameters:
  ///   - tool: Its name.
  ///   - others: Libraries that only this tool has, such as `LibTorch 1.13.1`.
  /// - Returns: One line.
  package static func text(_ tool: String, _ others: [String] = []) -> String {
    let webp = cc_webp_version()
    let libraries =
      others + [
        "oneDNN \(String(cString: ck_onednn_version()))",
        "libpng \(String(cString: cc_png_version()))",
        "libjpeg-turbo \(String(cString: cc_jpeg_version()))",
        "libwebp \(webp >> 16).\(webp >> 8 & 255).\(webp & 255)",
      ]
    return "\(tool) \(cycleGANVersion) (\(libraries.joined(separator: ", ")))"
  }
}
