"""Arms of a study: subsets of one data set that differ in one factor and agree in the others.

mulco select out/mulco --factor complexity --rows 2000 --out out/arms
mulco train --config tiny_cpu --arms out/arms
"""
