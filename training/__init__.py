"""The use of the data: from `load_dataset` to weights, exact and resumable, on `transformers.Trainer`.

    mulco train --config tiny_cpu                                      # a recipe that comes with mulco, or a file
    mulco train --config mine.yaml train.lr=1e-4 data.max_tokens=1024  # any setting by its dotted name
    torchrun --nproc_per_node 8 -m mulco.training --config collama_full_7b_8gpu

`run.train` is the path from a recipe to a folder of weights; `config.Recipe` is every setting there is. Data comes only
through `load_dataset`. Importing this package loads nothing heavy.
"""
