import Architectures
import Commands
import Foundation
import Provenance
import Swapping
import Tensors
import Workspace

/// What a conversion is asked for, apart from how its output is written.
struct ConversionOrder {
    let target: URL
    var marks = Marks()
    /// How much of the source a face takes, 0…1; for AMP.
    var morph = 1.0
    var edits = EditList()
    /// Who gets whose face; empty for the second person of the newest model getting the first one's.
    var map: [PersonMapping] = []
    /// A painted mask.
    var matte: URL?
    var layer = ConversionLayer.result
}

/// Who gets whose face in a conversion: models loaded, consents asked for.
struct Cast {
    let roles: [SwapRole]
    let models: [ModelReference]
    let consents: [ConsentReference]
    /// Names of the networks that draw no mask.
    let maskless: [String]

    /// - Parameter redraws: whether models draw the target's own face too.
    init(
        _ order: ConversionOrder, in workspace: Workspace, gate: ConsentGate, redraws: Bool, device: Device
    ) throws {
        var loaded: [URL: ModelFaceSwapper] = [:]
        var (roles, consents): ([SwapRole], [ConsentReference]) = ([], [])
        var models: [ModelReference] = []
        let mappings: [PersonMapping?] = order.map.isEmpty ? [nil] : order.map
        for mapping in mappings {
            var (home, gate) = (workspace, gate)
            if let path = mapping?.workspace {
                home = try Workspace.open(URL(filePath: path), create: false)
                gate = ConsentGate(workspace: home, console: gate.console, interview: gate.interview)
            }
            let file = home.newestModel
            let swapper: ModelFaceSwapper
            if let same = loaded[file] {
                swapper = try ModelFaceSwapper(
                    sharing: same, source: mapping?.source, target: mapping?.target)
            } else {
                swapper = try ModelFaceSwapper(
                    model: file, source: mapping?.source, target: mapping?.target, morph: order.morph,
                    redraws: redraws, device: device)
                loaded[file] = swapper
                models.append(try OutputFacts.model(file))
            }
            consents += try gate.require([swapper.source, swapper.target])
            roles.append(
                SwapRole(
                    person: mapping?.person ?? swapper.target, swapper: swapper,
                    identity: try home.index.set(swapper.target)?.identity))
        }
        if let stranger = roles.first(where: { $0.identity == nil }), roles.count > 1 {
            throw InputError(
                "the face set '\(stranger.person)' does not say who that is, so that one face of several cannot be told; extract it anew"
            )
        }
        (self.roles, self.models, self.consents) = (roles, models, consents)
        maskless = loaded.values.filter { !$0.drawsMask }.map(\.card.architecture).sorted()
    }
}
