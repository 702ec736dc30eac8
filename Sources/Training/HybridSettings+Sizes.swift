import Architectures
import Faces

/// Sizes of the `dimorph` family. Documentation/Training.md lists parameters and multiply-adds.
extension HybridSettings {
    /// For minutes on a CPU: eye measures steer the upper face, mouth measures the lower face, yaw and the
    /// mirror flag both.
    package static var small: HybridSettings {
        func places(_ region: FaceMeasures.Region) -> [Int] {
            FaceMeasures.regions.indices.filter { [region, .turn].contains(FaceMeasures.regions[$0]) }
                + [FaceMeasures.count]
        }
        return HybridSettings(upperMeasures: places(.eyes), lowerMeasures: places(.mouth))
    }

    /// `small` for many people with one shared decoder: a base model that `small` and `medium` can start from
    /// (`--start-from`).
    package static var base: HybridSettings {
        var settings = small
        settings.sharesDecoder = true
        return settings
    }

    /// `small` at 256 × 256 pixels: a refinement on top of the output of `small`.
    package static var medium: HybridSettings {
        var settings = small
        (settings.resolution, settings.refinementChannels) = (256, 8)
        return settings
    }

    /// For days on a GPU: 512 × 512 pixels output, 128 × 128 input. Patches of 16 × 16 pixels cover less of a
    /// face at this resolution and need fewer components, whose number determines the network's size.
    package static var large: HybridSettings {
        var settings = small
        (settings.resolution, settings.encoderResolution) = (512, 128)
        (settings.encoderBlocks, settings.style) = (3, 384)
        (settings.startChannels, settings.channels, settings.sharedBlocks) = (8, 192, 2)
        settings.headChannels = 16
        return settings
    }
}
