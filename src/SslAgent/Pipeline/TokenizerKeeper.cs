using Microsoft.Extensions.Logging;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Learning.Text.Tokenizing;

namespace SslAgent.Pipeline;

/// <summary>
/// Freezes the tokenizer once the stream has brought enough text: trained on the first of it, written whole into the journal, never changed
/// again in this lineage. The learner thread's, between cycles.
/// </summary>
internal sealed class TokenizerKeeper(TokenizerOptions options, int vocabularySize, Patience patience, ILogger log)
{
    /// <summary>Its name among a version's files.</summary>
    public const string File = "tokenizer.json";

    // Texts behind a bad sector are done without after so many attempts: the tokenizer is a fact in the journal, whatever it was trained on.
    private const int AttemptsMax = 5;

    /// <summary>True where it was frozen just now.</summary>
    public bool FreezeIfReady(Ledger ledger, CancellationToken cancellation)
    {
        if (ledger.Tokenizer is not null) return false;
        Replay.ReplayStats stats = ledger.Stats;
        if (stats.TextBytesAdmitted == 0 || (stats.TextBytesAdmitted < options.CorpusBytes && stats.Buffered.Texts < options.CorpusSamples)) return false;
        int attempts = 0;
        BpeTrainer trainer = patience.Insist(DiskTrouble.ReadingSamples, () => Trainer(ledger, attempts++ >= AttemptsMax, cancellation));
        BpeTokenizer tokenizer = trainer.Train(vocabularySize, cancellation);
        var frozen = new JournalRecord.TokenizerFrozen(tokenizer.ToJson(), tokenizer.VocabularySize, trainer.BytesSeen);
        patience.Insist(DiskTrouble.Deciding, () => ledger.Decide(frozen));
        HeadLog.TokenizerFrozen(log, tokenizer.VocabularySize, trainer.BytesSeen);
        return true;
    }

    private BpeTrainer Trainer(Ledger ledger, bool passesOverBadSectors, CancellationToken cancellation)
    {
        var trainer = new BpeTrainer();
        foreach (Text text in ledger.ReadTextsForTokenizer(options.CorpusBytes, passesOverBadSectors, cancellation)) trainer.Add(text.Utf8);
        return trainer;
    }
}
