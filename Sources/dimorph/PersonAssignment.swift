import Architectures
import Commands
import Faces
import Foundation
import Provenance
import Swapping
import Tensors
import Workspace

/// Parameters of a conversion, except those of its output file.
struct ConversionRequest {
    let target: URL
    var marks = Marks()
    /// Morph factor, 0 (target) … 1 (source); for AMP.
    var morph = 1.0
    var edits = EditList()
    /// Source of each target person; if empty, the second person of the newest model gets the first one's face.
    var map: [PersonMapping] = []
    /// Garbage matte.
    var matte: URL?
    var layer = ConversionLayer.result
    /// Minimum cosine similarity of a face to its target set; `nil`: derived from the similarities within the set.
    var likeness: Double?
    /// Whether the target is copied without marks if no face was swapped.
    var allowsUnchanged = false
}

/// Assignment of source faces to target people in a conversion, with models loaded and consents checked.
struct PersonAssignment {
    let roles: [SwapRole]
    /// Architectures that do not predict a mask.
    let maskless: [String]
    /// Messages on why fine detail of the source frames is not used, if so.
    let withoutDetail: [String]
    /// The model of each role.
    private let models: [ModelReference]
    private let consents: [(roles: [Int], checked: CheckedConsents, isElsewhere: Bool)]

    /// The recorded model and consents of a role.
    struct Member {
        let person: String
        let model: ModelReference
        let consents: [ConsentReference]
    }

    /// - Parameters:
    ///   - redraws: whether models also reconstruct the target face.
    ///   - takesDetail: whether fine detail is transferred from the source frames.
    init(
        _ order: ConversionRequest, in workspace: Workspace, gate: ConsentPolicy, redraws: Bool,
        takesDetail: Bool, device: Device
    ) throws {
        var loaded: [URL: (swapper: ModelFaceSwapper, model: ModelReference)] = [:]
        var homes: [(workspace: Workspace, gate: ConsentPolicy, roles: [Int], isElsewhere: Bool)] = [
            (workspace, gate, [], false)
        ]
        var (roles, models): ([SwapRole], [ModelReference]) = ([], [])
        var swaps: [(source: String, target: String)] = []
        let mappings: [PersonMapping?] = order.map.isEmpty ? [nil] : order.map
        for mapping in mappings {
            var (home, place) = (workspace, 0)
            if let path = mapping?.workspace {
                home = try Workspace.open(URL(filePath: path), create: false)
                place = homes.count
                homes.append(
                    (
                        home,
                        ConsentPolicy(workspace: home, console: gate.console, interview: gate.interview),
                        [], true
                    ))
            }
            let file = home.newestModel
            let swapper: ModelFaceSwapper
            if let same = loaded[file] {
                swapper = try ModelFaceSwapper(
                    sharing: same.swapper, source: mapping?.source, target: mapping?.target)
                models.append(same.model)
            } else {
                swapper = try ModelFaceSwapper(
                    model: file, source: mapping?.source, target: mapping?.target, morph: order.morph,
                    redraws: redraws, device: device)
                let model = try OutputDescription.model(file)
                try ClosedModels(home).refuse(file, sha256: model.sha256)
                loaded[file] = (swapper, model)
                models.append(model)
            }
            homes[place].roles.append(roles.count)
            swaps.append((swapper.source, swapper.target))
            let least =
                try order.likeness.map(Float.init)
                ?? LikenessSpread(home.index.likenesses(ofSet: swapper.target))?.leastElsewhere
            roles.append(
                SwapRole(
                    person: mapping?.person ?? swapper.target, swapper: swapper,
                    identity: try home.index.set(swapper.target)?.identity,
                    least: least ?? Float(LikenessSpread.elsewhere.upperBound)))
        }
        if let unknown = roles.first(where: { $0.identity == nil }), roles.count > 1 {
            throw InputError(
                "the face set '\(unknown.person)' has no identity embedding, which is required to assign several faces; extract it again"
            )
        }
        (self.roles, self.models) = (roles, models)
        consents = try homes.filter { !$0.roles.isEmpty }.map { home in
            (home.roles, try home.gate.check(swaps: home.roles.map { swaps[$0] }), home.isElsewhere)
        }
        var withoutDetail: [String] = []
        for home in takesDetail ? homes : [] {
            for role in home.roles {
                guard let swapper = roles[role].swapper as? ModelFaceSwapper else { continue }
                do {
                    guard let reason = try swapper.takeDetail(from: home.workspace) else { continue }
                    withoutDetail.append(
                        "fine detail of the source frames is not used: \(reason)")
                } catch let error as WorkspaceError {
                    throw WorkspaceError(
                        error.code,
                        "\(error.message). Fine detail is read from these crops; to disable it use --source-detail 0",
                        cause: error.cause)
                }
            }
        }
        self.withoutDetail = withoutDetail
        maskless = loaded.values.filter { !$0.swapper.drawsMask }.map(\.swapper.card.architecture).sorted()
    }

    /// Records the consents given by options and answers.
    ///
    /// - Returns: models and consents of all roles, in order.
    func record() throws -> [Member] {
        var references: [Int: [ConsentReference]] = [:]
        for (roles, checked, isElsewhere) in consents {
            var recorded = try checked.record()
            if isElsewhere { for index in recorded.indices { recorded[index].isElsewhere = true } }
            for (place, role) in roles.enumerated() {
                references[role] = Array(recorded[2 * place..<2 * place + 2])
            }
        }
        return roles.indices.map { role in
            Member(person: roles[role].person, model: models[role], consents: references[role] ?? [])
        }
    }
}

extension OutputDescription {
    /// Adds models and consents of the people who were swapped; others do not occur in the output.
    mutating func take(_ members: [PersonAssignment.Member], swappedIn sightings: SwapStatistics) {
        let absent = Set(sightings.neverSwapped.map(\.name))
        let present = members.filter { !absent.contains($0.person) }
        consents = present.flatMap(\.consents)
        models = present.map(\.model).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
