/// A number with its noun, such as "1 frame" and "2 frames".
package func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
