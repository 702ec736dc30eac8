import Foundation
import GRDB

extension Index {
    /// Stores a new run. A run resumed from a checkpoint belongs to the newest model of the same people and architecture, if
    /// there is one.
    package func begin(_ run: TrainingRun) throws -> TrainingRun {
        try write { database in
            var run = run
            let newest = try TrainingRun.order(Column("id").desc).fetchOne(database)
            if run.resumedFrom != nil, let newest, newest.architecture == run.architecture,
                newest.people == run.people, newest.seed == run.seed
            {
                run.model = newest.model
            }
            try run.insert(database)
            if run.model == nil {
                run.model = run.id
                try run.update(database)
            }
            return run
        }
    }

    /// Stores points of a run in one transaction; metrics are merged with existing ones of the same iteration.
    package func enter(_ points: [TrainingPoint], of run: Int64) throws {
        try write { database in
            let statement = try database.makeStatement(
                sql: """
                    INSERT INTO trainingPoint (run, iteration, seconds, figures) VALUES (?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET figures = json_patch(figures, excluded.figures)
                    """)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            for point in points {
                let named = Dictionary(uniqueKeysWithValues: point.figures.map { ($0.rawValue, $1) })
                let text = String(decoding: try encoder.encode(named), as: UTF8.self)
                try statement.execute(arguments: [run, point.iteration, point.seconds, text])
            }
        }
    }

    /// Runs and metrics of the newest model; `nil` if there is none.
    ///
    /// Points after the checkpoint from which a later run was resumed were lost in training; they remain in the table but are
    /// excluded here.
    package func trainingHistory() throws -> TrainingHistory? {
        try read { database in
            guard let newest = try TrainingRun.order(Column("id").desc).fetchOne(database) else { return nil }
            let runs = try TrainingRun.filter(Column("model") == newest.model).order(Column("id"))
                .fetchAll(database)
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT point.* FROM trainingPoint AS point JOIN trainingRun AS run ON run.id = point.run
                    WHERE run.model = ? AND NOT EXISTS (
                        SELECT 1 FROM trainingRun AS later WHERE later.model = run.model AND later.id > run.id
                        AND later.resumedFrom < point.iteration)
                    ORDER BY point.run, point.iteration
                    """, arguments: [newest.model])
            var points: [TrainingPoint] = []
            while let row = try rows.next() { points.append(try TrainingPoint(row)) }
            return TrainingHistory(runs: runs, points: points)
        }
    }

    /// Tables of index version 3.
    static func createTraining(_ database: Database) throws {
        try database.create(table: "trainingRun") { table in
            table.autoIncrementedPrimaryKey("id")
            table.column("model", .integer)
            table.column("architecture", .text).notNull()
            table.column("people", .text).notNull()
            table.column("begun", .datetime).notNull()
            table.column("seed", .integer).notNull()
            table.column("recipe", .text).notNull()
            table.column("device", .text).notNull()
            table.column("resumedFrom", .integer)
        }
        try database.create(table: "trainingPoint") { table in
            table.column("run", .integer).notNull().references("trainingRun", onDelete: .cascade)
            table.column("iteration", .integer).notNull()
            table.column("seconds", .double).notNull()
            table.column("figures", .text).notNull()
            table.primaryKey(["run", "iteration"])
        }
    }
}

extension TrainingPoint {
    fileprivate init(_ row: Row) throws {
        let damaged = WorkspaceError(
            .damaged,
            "the index (dimorph.sqlite) contains a damaged point of the training history; restore it from a copy, or delete the "
                + "rows of its table trainingPoint: the model does not need them")
        guard let run = try? row.decode(Int64.self, forColumn: "run"),
            let iteration = try? row.decode(Int.self, forColumn: "iteration"),
            (0...1 << 50).contains(iteration),
            let seconds = try? row.decode(Double.self, forColumn: "seconds"), (0...1e12).contains(seconds),
            let text = try? row.decode(String.self, forColumn: "figures"),
            let figures = try? JSONDecoder().decode([String: Double].self, from: Data(text.utf8))
        else { throw damaged }
        let named = figures.map { (TrainingFigure(rawValue: $0), $1) }
        self.init(
            iteration: iteration, seconds: seconds, figures: Dictionary(uniqueKeysWithValues: named))
        self.run = run
    }
}
