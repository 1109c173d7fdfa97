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
    "phase": images,
    "gpu-ids": device, "gpu-id": device, "gpu": device, "g": device,
    "model": "only CycleGAN is implemented", "m": "only CycleGAN is implemented",
    "i": images, "input": images,
    "w": "--init-from says which weights to start from",
    "weights": "--init-from says which weights to start from",
    "niter": "--n-epochs says it", "epochs": "--n-epochs and --n-epochs-decay say it",
    "niter-decay": "--n-epochs-decay says it", "no-lsgan": "--gan-mode says it",
    "which-epoch": "the newest checkpoint is used; use --init-from RUN to start from given weights",
    "which-direction": "--direction says it", "which-model-netG": "--netG says it",
    "which-model-netD": "--netD says it", "loadSize": "--load-size says it",
    "fineSize": "--crop-size says it", "resize-or-crop": "--preprocess says it",
    "nThreads": "--num-threads says it",
    "save-by-iter": "--keep says how many checkpoints stay",
    "display-freq": "samples are drawn at every checkpoint, see --save-latest-freq",
    "update-html-freq": "index.html is written at every checkpoint and every half minute",
    "no-html": "index.html is always written; nothing depends on it",
  ]) { $1 }

  private static let device = "--device says where, for example --device cuda:0"
  private static let images =
    "-A and -B, or --dataroot D for D/trainA and D/trainB, say which images"
}
