namespace SslAgent.Commands;

/// <summary>What the process says when it ends. Scripts rely on these numbers: never change one, only add.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>It was tried and failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong; nothing was tried.</summary>
    public const int Usage = 2;

    /// <summary>The state on disk or the running daemon refuses: lock held, other preset, unknown version.</summary>
    public const int Refused = 3;

    /// <summary>The machine lacks something: a library, disk space, a permission, a reachable broker.</summary>
    public const int Environment = 4;
}
