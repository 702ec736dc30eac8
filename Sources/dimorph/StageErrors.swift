import Commands
import Curation
import Evaluation
import Extraction
import Media
import Swapping

// Exit codes for the errors of the modules that training does not use.
extension MediaError: StageError {}
extension ExtractionError: StageError {}
extension CurationError: StageError {}
extension SwappingError: StageError {}
extension EvaluationError: StageError {}
