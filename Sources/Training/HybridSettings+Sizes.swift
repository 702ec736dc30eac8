import Architectures
import Faces

/// Sizes of the family `dimorph`. Documentation/Training.md holds their parameters and multiplications.
extension HybridSettings {
    /// For minutes on a CPU: the eyes' measures steer the upper face, the mouth's the lower, the turn and the mirror's
    /// mark both.
    package static var small: HybridSettings {
        func places(_ region: FaceMeasures.Region) -> [Int] {
            FaceMeasures.regions.indices.filter { [region, .turn].contains(FaceMeasures.regions[$0]) }
                + [FaceMeasures.count]
        }
        return HybridSettings(upperMeasures: places(.eyes), lowerMeasures: places(.mouth))
    }

    /// `small` for many people with one decoder: what `small` and `medium` can start from (`--start-from`).
    package static var base: HybridSettings {
        var settings = small
        settings.sharesDecoder = true
        return settings
    }

    /// `small` at 256 × 256 pixels: a refinement above what `small` draws.
    package static var medium: HybridSettings {
        var settings = small
        (settings.resolution, settings.refinementChannels) = (256, 8)
        return settings
    }

    /// For days on a GPU: 512 × 512 pixels out, 128 × 128 in. Patches of 16 × 16 pixels hold less of a face here and
    /// need fewer components, whose number decides over the size of the network.
    package static var large: HybridSettings {
        var settings = small
        (settings.resolution, settings.encoderResolution) = (512, 128)
        (settings.encoderBlocks, settings.style) = (3, 384)
        (settings.startChannels, settings.channels, settings.sharedBlocks) = (8, 192, 2)
        settings.headChannels = 16
        return settings
    }
}
