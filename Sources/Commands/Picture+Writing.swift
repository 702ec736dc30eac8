import Foundation
import Pictures
import Safetensors

extension Picture {
    /// Writes this picture as PNG, whole or not at all. Needs no FFmpeg.
    package func writePNG(to file: URL) throws {
        let bytes = try png()
        let aside = try AtomicFile(replacing: file)
        do {
            try bytes.withUnsafeBytes(aside.write)
            try aside.commit()
        } catch {
            aside.discard()
            throw error
        }
    }
}
