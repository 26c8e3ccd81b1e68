using SslAgent.Checkpoints;
using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Learning;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Text.Tokenizing;
using SslAgent.Replay;

namespace SslAgent.Pipeline;

/// <summary>
/// The learner, the plan that it was made for, and what its line of versions reached. The learner thread's; it makes the learner
/// on its first use, since tensors belong to the thread that trains.
/// </summary>
internal sealed class LearnerSeat(VersionStore store, TimeProvider time) : IDisposable
{
    private Learner? _learner;
    private LearnerPlan? _plan;
    private ModelVersion? _stand;

    // False while the learner holds half a version: what it stands on is then no reason to leave it as it is.
    private bool _isWhole;

    /// <summary>The learner as it stands. <see cref="Take"/> comes first.</summary>
    public Learner Learner => Check.NotNull(_learner, "the learner's seat is taken before it is used");

    /// <summary>Whether there is a learner yet.</summary>
    public bool IsTaken => _learner is not null;

    /// <summary>What the promoted line up to where training stands has reached.</summary>
    public EraBook Book { get; private set; } = EraBook.Empty;

    /// <summary>Where the samples of the replay buffer lie in the eyes of the version that training stands on.</summary>
    public EmbeddingBook Embeddings { get; private set; } = EmbeddingBook.Empty;

    /// <summary>The last cycle of this life; null before.</summary>
    public PastCycle? LastCycle { get; private set; }

    /// <summary>Makes a learner for this plan, standing on this version; null means the first weights. Nothing happens where both are so already.</summary>
    public void Take(LearnerPlan plan, ModelVersion? stand)
    {
        if (IsSoAlready(plan, stand)) return;
        _isWhole = false;
        _plan = plan;
        _learner?.Dispose();
        _learner = Learner.Create(plan, time);
        if (stand is not null) ReturnTo(stand);
        else (Book, Embeddings, _stand, _isWhole) = (EraBook.Empty, EmbeddingBook.Empty, null, true);
    }

    /// <summary>Whether <see cref="Take"/> has nothing to read: what training stands on may then still be on its way to the disk.</summary>
    public bool IsSoAlready(LearnerPlan plan, ModelVersion? stand) =>
        _isWhole && _learner is not null && _plan is not null && _plan.ToJson() == plan.ToJson() && _stand == stand;

    /// <summary>
    /// Puts weights, moments, averages and counters back to a version's; null means the first weights. After a fault of the disk it may be tried again. Before the first
    /// cycle of a life there is no learner to put back: the seat is then taken where training stands.
    /// </summary>
    public void ReturnTo(ModelVersion? version)
    {
        if (_learner is null) return;
        if (version is not { } stand)
        {
            LearnerPlan plan = Check.NotNull(_plan, "a learner has a plan");
            _plan = null;
            Take(plan, null);
            return;
        }

        _isWhole = false;
        using IStoredModel stored = store.Open(stand);
        Learner.RevertTo(stored);
        Book = BookOf(stored, stand);
        Embeddings = stored.ReadFile(EmbeddingBook.FileName) is { } embeddings ? EmbeddingBook.Read(embeddings) : EmbeddingBook.Empty;
        (_stand, _isWhole) = (stand, true);
    }

    /// <summary>Goes on in the middle of a cycle; what the line has reached is the cycle's parent's, as taken before.</summary>
    public void GoOnAt(IStoredModel resumePoint)
    {
        _isWhole = false;
        Learner.RevertTo(resumePoint);
    }

    /// <summary>Lets texts be learned, from the cycle on that finds the tokenizer frozen. A version from before that does not have it.</summary>
    public void Adopt(byte[]? tokenizerJson)
    {
        if (tokenizerJson is not null && !Learner.HasTokenizer) Learner.AdoptTokenizer(BpeTokenizer.FromJson(tokenizerJson));
    }

    /// <summary>
    /// Gives the coming cycle what holds it to the past, where its plan wants that: a teacher, the last promoted version, and the buffer's embeddings. Called where training stands on the cycle's parent.
    /// </summary>
    public void HoldTo(ModelVersion? promoted)
    {
        Learner.Remember(Embeddings);
        if (!Check.NotNull(_plan, "a learner has a plan").Regularization.NeedsTeacher) return;
        if (promoted is not null && promoted == _stand)
        {
            Learner.TeachBySelf(); // It may still be on its way to the disk.
            return;
        }

        using IStoredModel? stored = promoted is { } earlier ? store.Open(earlier) : null;
        Learner.TeachBy(stored);
    }

    /// <summary>Takes note of a cycle's verdict: a promoted one moves what the line has reached.</summary>
    /// <param name="embeddings">What the version made of the buffer, or what was known before where nobody asked it.</param>
    public void Ended(ModelVersion version, Verdict verdict, ProbeReport probe, CycleReport report, CyclePlan plan, EmbeddingBook embeddings)
    {
        LastCycle = new PastCycle(plan, probe, Book);
        Embeddings = embeddings;
        if (verdict.Kind == VerdictKind.Promote) Book = Book.Promoted(version, probe, report);
        (_stand, _isWhole) = (version, true);
    }

    /// <summary>What the promoted line had reached up to a version; empty where that is gone or damaged. Throws where the disk fails.</summary>
    public EraBook BookAt(ModelVersion version)
    {
        if (store.Find(version) is null) return EraBook.Empty;
        using IStoredModel stored = store.Open(version);
        try
        {
            return BookOf(stored, version);
        }
        catch (Exception fault) when (fault is VersionDamagedException or InvalidDataException)
        {
            return EraBook.Empty;
        }
    }

    public void Dispose() => _learner?.Dispose();

    private EraBook BookOf(IStoredModel stored, ModelVersion version) =>
        stored.ReadFile(EraBookJson.FileName) is { } book ? EraBookJson.Read(book) : EraBook.Along(version, store.Find);
}
