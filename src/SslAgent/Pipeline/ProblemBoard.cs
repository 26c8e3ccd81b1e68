using System.Collections.Concurrent;

namespace SslAgent.Pipeline;

/// <summary>
/// What an operator should look at now, one sentence a topic. A condition is set while its trouble lasts and cleared when it is over; an event
/// (messages lost) is over at once, so it is shown for a day, or until the next start. The board is bounded by the number of topics, which are ours.
/// Safe from any thread.
/// </summary>
internal sealed class ProblemBoard(IAgentObserver observer, TimeProvider time)
{
    /// <summary>How long an event is shown after it last happened.</summary>
    public static readonly TimeSpan EventShown = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, Problem> _problems = new();

    public bool IsEmpty => Sentences.Count == 0;

    public IReadOnlyList<string> Sentences
    {
        get
        {
            foreach (KeyValuePair<string, Problem> entry in _problems.Where(entry => IsOver(entry.Value))) _problems.TryRemove(entry);
            return [.. _problems.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Value.Sentence)];
        }
    }

    /// <summary>A condition: true where the topic is new: whoever sets it logs it then, and not at every repetition.</summary>
    public bool Set(string topic, string sentence)
    {
        bool isNew = !_problems.ContainsKey(topic);
        _problems[topic] = new Problem(sentence, ReportedAt: null);
        if (isNew) observer.OnProblem(sentence);
        return isNew;
    }

    /// <summary>An event: shown from now on for <see cref="EventShown"/>, and clears itself.</summary>
    public void Report(string topic, string sentence)
    {
        _problems[topic] = new Problem(sentence, time.GetTimestamp());
        observer.OnProblem(sentence);
    }

    /// <summary>True where there was something to clear.</summary>
    public bool Clear(string topic) => _problems.TryRemove(topic, out _);

    private bool IsOver(Problem problem) => problem.ReportedAt is { } at && time.GetElapsedTime(at) >= EventShown;

    private sealed record Problem(string Sentence, long? ReportedAt);
}
