import Foundation
import Media
import Pictures

/// Interpretation of the pictures of a folder: photographs or frames of a video.
///
/// They are frames of a video if all of these conditions hold, and photographs otherwise:
/// - there are at least eight, and their names differ only in a number that increases in equal steps (`frame-0001.png`,
///   `frame-0002.png`, …);
/// - all have the same size;
/// - neighbours differ little, and clearly less than pictures at a distance of four, like frames a fraction of a second
///   apart. Names alone are not sufficient, because cameras number photographs as well.
///
/// A pattern (`frames/%04d.png`) always means frames; pictures specified one by one are separate clips.
package enum PictureOrder: String, Sendable, Codable {
    /// Independent pictures: no tracking and no smoothing.
    case photographs
    /// Consecutive frames of a video.
    case frames

    private static let fewest = 8
    /// Number of evenly spaced groups of pictures to compare.
    private static let looks = 6
    private static let distance = 4
    /// Maximum difference in luma levels. Measured: 0.45 to 0.75 for neighbouring frames at 25 to 30 fps, at least 1.8 for
    /// pictures a second apart.
    private static let mostDifference: Float = 3
    /// Maximum ratio to the difference at four frames: 0.27 to 0.47 in videos, at least 0.6 for pictures a second apart.
    private static let mostShare: Float = 0.55

    /// - Parameter files: pictures in order.
    init(of files: [URL]) {
        let picked = Self.areNumbered(files) && Self.followOneAnother(files)
        self = picked ? .frames : .photographs
    }

    /// Whether a name is a number pattern and not an existing file.
    package static func isPattern(_ url: URL) -> Bool {
        url.lastPathComponent.contains(/%0?[0-9]*d/) && !FileManager.default.fileExists(atPath: url.path)
    }

    /// The files that match a pattern such as `frames/%04d.png`, by number; `nil` if the name is not a pattern.
    static func files(ofPattern url: URL) -> [URL]? {
        guard isPattern(url),
            let match = url.lastPathComponent.wholeMatch(of: /([^%]*)%(?:0?[0-9]*)d([^%]*)/)
        else { return nil }
        let (folder, prefix, suffix) = (url.deletingLastPathComponent(), match.1, match.2)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let numbered = names.compactMap { name -> (number: Int, name: String)? in
            guard name.hasPrefix(prefix), name.hasSuffix(suffix), name.count > prefix.count + suffix.count
            else { return nil }
            let digits = name.dropFirst(prefix.count).dropLast(suffix.count)
            return digits.allSatisfy(\.isNumber) ? Int(digits).map { ($0, name) } : nil
        }
        return numbered.sorted { $0.number < $1.number }.map { folder.appending(path: $0.name) }
    }

    private static func areNumbered(_ files: [URL]) -> Bool {
        guard files.count >= fewest else { return false }
        var (parts, numbers): (Set<String>, [Int]) = ([], [])
        for file in files {
            let stem = file.deletingPathExtension().lastPathComponent
            guard let match = stem.wholeMatch(of: /(.*?)([0-9]{1,15})/), let number = Int(match.2) else {
                return false
            }
            parts.insert("\(match.1).\(file.pathExtension)")
            numbers.append(number)
        }
        let step = numbers[1] - numbers[0]
        return parts.count == 1 && step > 0
            && zip(numbers, numbers.dropFirst()).allSatisfy { $1 - $0 == step }
    }

    private static func followOneAnother(_ files: [URL]) -> Bool {
        let last = files.count - 1 - distance
        let starts = Set((0..<looks).map { $0 * last / max(1, looks - 1) }).sorted()
        var (near, far, size): ([Float], [Float], (width: Int, height: Int)?) = ([], [], nil)
        for start in starts {
            let read = [0, 1, distance].compactMap { try? PictureFile.read(files[start + $0]) }
            // Unreadable pictures are ignored.
            guard read.count == 3 else { continue }
            for picture in read {
                if let size, size != (picture.width, picture.height) { return false }
                size = (picture.width, picture.height)
            }
            let looks = read.map { $0.resized(width: 64, height: 36).luma.values }
            near.append(difference(looks[0], looks[1]))
            far.append(difference(looks[0], looks[2]))
        }
        guard let near = near.median(), let far = far.median() else { return false }
        return near <= mostDifference && near <= mostShare * far
    }

    private static func difference(_ a: [Float], _ b: [Float]) -> Float {
        zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(max(1, a.count))
    }
}

extension PictureOrder {
    /// Message about the interpretation of `count` pictures.
    package func sentence(_ count: Int) -> String {
        switch self {
        case .photographs: "\(count) photographs, analysed independently"
        case .frames: "\(count) pictures, interpreted as frames of a video"
        }
    }
}
