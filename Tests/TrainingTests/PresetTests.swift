import Architectures
import Testing
import Training

@Suite("Training presets")
struct PresetTests {
    private struct Unexpected: Error {}

    /// What a preset takes where networks make so many steps a second; nil: there is no memory for it.
    private func choice(
        _ preset: TrainingPreset, minutes: Double? = nil, filled: [String]? = nil, _ rates: [String: Double?]
    ) throws -> String {
        try preset.network(minutes: minutes ?? preset.minutes) {
            filled?.contains($0) ?? true
        } forecast: { name in
            guard let rate = rates[name] else { throw Unexpected() }
            guard let rate else {
                throw TrainingError(.tooLittleMemory, "\(name) does not fit; take a smaller network")
            }
            return Forecast(stepsPerSecond: rate, memory: 1_000_000_000)
        }
    }

    @Test("take the largest network that fits and makes steps enough in the time")
    func largest() throws {
        // Eight hours: 30 000 steps are about one a second.
        #expect(try choice(.standard, ["dimorph-m": 1.1]) == "dimorph-m")
        #expect(try choice(.standard, ["dimorph-m": 1.0]) == "dimorph-s")
        #expect(try choice(.standard, minutes: 960, ["dimorph-m": 1.0]) == "dimorph-m")
        #expect(try choice(.film, ["dimorph-l": nil, "dimorph-m": 5]) == "dimorph-m")
        #expect(try choice(.film, ["dimorph-l": 0.3, "dimorph-m": 0.3]) == "dimorph-s")
        #expect(try choice(.film, ["dimorph-l": 0.5]) == "dimorph-l")
    }

    @Test("of minutes measure nothing, and pass on what else goes wrong")
    func others() throws {
        #expect(try choice(.quick, [:]) == "dimorph-s")
        #expect(throws: Unexpected.self) { try choice(.standard, [:]) }
        // Networks that draw more than the packed faces show are not even measured.
        #expect(try choice(.standard, filled: [], [:]) == "dimorph-s")
        #expect(try choice(.film, filled: ["dimorph-m"], ["dimorph-m": 5]) == "dimorph-m")
    }

    @Test("of film end with sharp faces: no warps, then a discriminator")
    func stages() {
        let film = TrainingPreset.film.staged(Recipe())
        #expect(film.augmentation.warpUntil < film.adversary.start && film.adversary.start < 1)
        #expect(film.adversary.weight > 0)
        #expect(TrainingPreset.standard.staged(Recipe()) == Recipe())
    }
}

@Suite("Networks by name")
struct NamedNetworkTests {
    @Test("of the family have any resolution whose encoder's side is a multiple of 16")
    func resolutions() throws {
        func sides(_ name: String, _ resolution: Int) throws -> [Int] {
            let form = try NetworkDesign(named: name, resolution: resolution).form(people: ["a", "b"])
            return [form.outputSide, form.inputSide]
        }
        #expect(try sides("dimorph-s", 96) == [96, 48] && sides("dimorph-m", 320) == [320, 80])
        #expect(try sides("dimorph-l", 256) == [256, 128])
        #expect(throws: ModelError.self) { try sides("dimorph-m", 288) }
        #expect(throws: ModelError.self) { try sides("dimorph-s", 100) }
        #expect(try NetworkDesign(named: "dimorph-m").form(people: ["a", "b"]).coarseSide == 128)
    }
}

@Suite("Recipe")
struct RecipeTests {
    @Test("usual for every network has nothing to complain of")
    func sound() throws {
        for name in [
            "dimorph-s", "dimorph-m", "dimorph-l", "dimorph-s-base", "article", "original", "quick96",
            "df-ud", "liae", "amp",
        ] {
            let recipe = Recipe.usual(for: try NetworkDesign(named: name))
            #expect(recipe.complaint == nil, "\(name)")
            #expect(TrainingPreset.film.staged(recipe).complaint == nil, "\(name)")
        }
    }

    @Test("that cannot be is named by its key")
    func complaints() {
        func complaint(_ change: (inout Recipe) -> Void) -> String {
            var recipe = Recipe()
            change(&recipe)
            return recipe.complaint ?? ""
        }
        #expect(complaint { $0.batch = 0 }.hasPrefix("batch = 0"))
        #expect(
            complaint { $0.loss.swapIdentity = -1 }.hasPrefix("loss.swap_identity = -1.0: must be 0 or more"))
        #expect(complaint { $0.clip = .nan }.hasPrefix("clip"))
        #expect(complaint { $0.economy.accumulation = 0 }.hasPrefix("economy.accumulation"))
        #expect(complaint { $0.augmentation.light.share = 1.5 }.contains("must lie between 0 and 1"))
        #expect(complaint { $0.people = -1 }.hasPrefix("people = -1"))
        for change: (inout Recipe) -> Void in [
            { $0.adversary.weight = 1 }, { $0.trueFace = 1 }, { $0.loss.swapIdentity = 1 },
            { $0.augmentation.colourTransfer = .rct },
        ] {
            #expect(complaint(change).isEmpty)
            #expect(
                complaint {
                    $0.people = 2
                    change(&$0)
                }.hasPrefix("people = 2: not with"))
        }
        #expect(complaint { $0.optimizer.betas = [1] }.hasPrefix("optimizer: 'betas'"))
    }
}
