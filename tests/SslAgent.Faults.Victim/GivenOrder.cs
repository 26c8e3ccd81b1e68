using System.Globalization;

namespace SslAgent.Faults.Victim;

/// <summary>What an operator wants of the process.</summary>
internal enum OrderKind
{
    /// <summary>A rollback whose samples since leave the replay buffer.</summary>
    DropSince = 0,

    /// <summary>A rollback with a stretch that is denied; what else came since is learned again.</summary>
    Rewind = 1,

    /// <summary>A source's old samples leave buffer and journal.</summary>
    Forget = 2,

    /// <summary>All stored bytes are read and compared with their sums.</summary>
    Scrub = 3,

    /// <summary>The newest version, which was held, is found well and served.</summary>
    Accept = 4,
}

/// <summary>An order, and when it is given: in the middle of the first cycle that runs after a version of this number is on disk.</summary>
internal sealed record GivenOrder(OrderKind Kind, int After)
{
    /// <summary>What is forgotten: the older ones of the source that sends lines.</summary>
    public const string ForgottenSource = "host-1";

    /// <summary>By message time, as the bench's producer counts it.</summary>
    public const long ForgottenBeforeMs = 1_700_000_000_200;

    /// <summary>How its steps are called.</summary>
    public string Name => Kind switch
    {
        OrderKind.DropSince => "rollback",
        OrderKind.Rewind => "rewind",
        OrderKind.Forget => "forget",
        OrderKind.Accept => "accept",
        _ => "scrub",
    };

    /// <summary>What stands in the journal of it, and of no other one.</summary>
    /// <param name="number">Its place among the orders.</param>
    public string ReasonAs(int number) => string.Create(CultureInfo.InvariantCulture, $"order {number}: {Name}");
}
