"""Instructions, translations, labels and judgements written by a model behind any OpenAI-compatible endpoint.

    mulco synth plan translate_zh --base-url URL --model NAME
    mulco synth run  translate_zh --base-url URL --model NAME --out out/translate_zh
    mulco build code_summarization_zh --synthesis out/translate_zh

The path of one text: `jobs` says what is wanted, `items` finds it in the records of the sources, `masking` takes the
code out of it, `prompts` makes the request, `engine` gets the answer once (`ledger` keeps it, `limiter` and `client`
send it), `checks` accepts or refuses it, `output` writes what was accepted as the Parquet that a build reads
(`mulco.written`). The model never writes the code of an answer, nor a label that a row is to be answered with.
"""
