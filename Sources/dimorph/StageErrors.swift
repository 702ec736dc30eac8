import Commands
import Curation
import Evaluation
import Extraction
import Media
import Swapping

// Error types of the modules that training does not use, for the command line's exit codes.
extension MediaError: StageError {}
extension ExtractionError: StageError {}
extension CurationError: StageError {}
extension SwappingError: StageError {}
extension EvaluationError: StageError {}
