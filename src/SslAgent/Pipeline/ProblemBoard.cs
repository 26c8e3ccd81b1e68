using System.Collections.Concurrent;

namespace SslAgent.Pipeline;

/// <summary>
/// What an operator should look at now, one sentence a topic. A topic is set while its trouble lasts and cleared when it is over; the
/// board is bounded by the number of topics, which are ours. Safe from any thread.
/// </summary>
internal sealed class ProblemBoard(IAgentObserver observer)
{
    private readonly ConcurrentDictionary<string, string> _problems = new();

    public bool IsEmpty => _problems.IsEmpty;

    public IReadOnlyList<string> Sentences => [.. _problems.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Value)];

    /// <summary>True where the topic is new: whoever sets it logs it then, and not at every repetition.</summary>
    public bool Set(string topic, string sentence)
    {
        bool isNew = !_problems.ContainsKey(topic);
        _problems[topic] = sentence;
        if (isNew) observer.OnProblem(sentence);
        return isNew;
    }

    /// <summary>True where there was something to clear.</summary>
    public bool Clear(string topic) => _problems.TryRemove(topic, out _);
}
