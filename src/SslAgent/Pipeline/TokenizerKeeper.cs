using Microsoft.Extensions.Logging;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Learning.Text.Tokenizing;

namespace SslAgent.Pipeline;

/// <summary>
/// Freezes the tokenizer once the stream has brought enough text: trained on the first of it, written whole into the journal, never changed
/// again in this lineage. The learner thread's, between cycles.
/// </summary>
internal sealed class TokenizerKeeper(TokenizerOptions options, int vocabularySize, ILogger log)
{
    /// <summary>True where it was frozen just now.</summary>
    public bool FreezeIfReady(Ledger ledger, CancellationToken cancellation)
    {
        if (ledger.Tokenizer is not null) return false;
        Replay.ReplayStats stats = ledger.Stats;
        if (stats.TextBytesAdmitted == 0 || (stats.TextBytesAdmitted < options.CorpusBytes && stats.Buffered.Texts < options.CorpusSamples)) return false;
        var trainer = new BpeTrainer();
        foreach (Text text in ledger.ReadTextsForTokenizer(options.CorpusBytes, cancellation))
            trainer.Add(text.Utf8);
        BpeTokenizer tokenizer = trainer.Train(vocabularySize, cancellation);
        ledger.Decide(new JournalRecord.TokenizerFrozen(tokenizer.ToJson(), tokenizer.VocabularySize, trainer.BytesSeen));
        HeadLog.TokenizerFrozen(log, tokenizer.VocabularySize, trainer.BytesSeen);
        return true;
    }
}
