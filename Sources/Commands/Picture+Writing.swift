import Files
import Foundation
import Pictures

extension Picture {
    /// Writes this picture as PNG, whole or not at all. Needs no FFmpeg.
    package func writePNG(to file: URL) throws { try DurableFile.write(png(), to: file) }
}
