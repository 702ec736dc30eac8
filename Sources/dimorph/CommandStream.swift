import Commands
import Foundation

/// Runs several commands in one process, for `Scripts/fuzz`: starting the program takes longer than reading most files.
///
/// Each line of standard input is a JSON array with the arguments of one command. Its exit code is written to file
/// descriptor 3, one per line. A command that ends the process writes no exit code.
enum CommandStream {
    /// The argument that selects this mode; it must be the only one. Not listed in the help.
    static let argument = "--commands-from-standard-input"

    static func run() async -> Int32 {
        let codes = FileHandle(fileDescriptor: 3)
        while let line = readLine() {
            guard let arguments = try? JSONDecoder().decode([String].self, from: Data(line.utf8)) else {
                return 2
            }
            let code = await Launcher<Dimorph>.run(arguments)
            guard (try? codes.write(contentsOf: Data("\(code)\n".utf8))) != nil else { return 1 }
        }
        return 0
    }
}
