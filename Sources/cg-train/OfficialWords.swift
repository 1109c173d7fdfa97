import CycleGAN

extension OfficialWords {
  /// What is to be said of options of the official train.py that cg-train has not.
  static let training = shared.merging([
    "continue-train": "the same command resumes by itself; leave it out",
    "epoch-count": "the same command resumes at the right epoch by itself; leave it out",
    "epoch": "the newest checkpoint is used; use --init-from RUN to start from given weights",
    "load-iter": "the newest checkpoint is used; use --init-from RUN to start from given weights",
    "name": "-o RUN is the run's folder",
    "checkpoints-dir": "-o RUN is the run's folder",
    "dataset-mode": "images are unpaired; other modes are not implemented",
    "phase": "-A and -B, or --dataroot D for D/trainA and D/trainB, say which images",
    "gpu-ids": "--device says where, for example --device cuda:0",
    "save-by-iter": "--keep says how many checkpoints stay",
    "display-freq": "samples are drawn at every checkpoint, see --save-latest-freq",
    "update-html-freq": "index.html is written at every checkpoint and every half minute",
    "no-html": "index.html is always written; nothing depends on it",
  ]) { $1 }
}
