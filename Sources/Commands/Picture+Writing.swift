import Files
import Foundation
import Pictures

extension Picture {
    /// Writes this picture as PNG, atomically. Does not need FFmpeg.
    package func writePNG(to file: URL) throws { try DurableFile.write(png(), to: file) }
}
