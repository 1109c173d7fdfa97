import CycleGAN
