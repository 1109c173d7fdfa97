import Foundation
import FoundationXML

/// A page taken apart as XML, which fails where a tag is not closed or a text not escaped.
final class ParsedPage: NSObject, XMLParserDelegate {
  private(set) var elements: [(name: String, attributes: [String: String])] = []
  private(set) var text = ""
  let error: String?

  override init() { error = nil }

  init(_ page: String) {
    let parser = XMLParser(data: Data(page.utf8))
    let listener = ParsedPage()
    parser.delegate = listener
    error =
      parser.parse() ? nil : "\(parser.parserError.map { "\($0)" } ?? "") at \(parser.lineNumber)"
    super.init()
    (elements, text) = (listener.elements, listener.text)
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String] = [:]
  ) {
    elements.append((name, attributes))
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  func count(_ name: String, _ attribute: String? = nil) -> Int {
    elements.filter { $0.name == name && (attribute == nil || $0.attributes["class"] == attribute) }
      .count
  }

  func element(_ id: String) -> [String: String]? {
    elements.first { $0.attributes["id"] == id }?.attributes
  }
}
