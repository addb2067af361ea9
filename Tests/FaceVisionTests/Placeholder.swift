import Testing
import FaceVision
