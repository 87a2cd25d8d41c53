"""A dataset folder or a model folder on the Hub: what it holds, what a push would change, one commit, and the way back.

plan = plan_push(read_folder(Path("out/mulco")), "ORG/mulco")
push(plan)                                  # one commit for the whole release, checked, then the tag
pull("ORG/mulco", revision="v1")            # and here it is again, checked against its manifest
"""
