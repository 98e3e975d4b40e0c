from .page import Tuner as Tuner
from .serving import serve as serve
