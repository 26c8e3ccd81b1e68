namespace SslAgent.Commands;

/// <summary>Every command, in the order of the help page. A new command is one file and one line here.</summary>
internal static class CommandRegistry
{
    public static IReadOnlyList<CommandEntry> All() =>
    [
        RunCommand.Build(),
        DemoCommand.Build(),
        PretrainCommand.Build(),
        StatusCommand.Build(),
        ProduceCommand.Build(),
        CheckpointsCommand.Build(),
        ResumeCommand.Build(),
        ReplayCommand.Build(),
        AuditCommand.Build(),
        EmbedCommand.Build(),
        ProbeCommand.Build(),
        ObjectivesCommand.Build(),
        ConfigCommand.Build(),
        DoctorCommand.Build(),
        HealthcheckCommand.Build(),
        VersionCommand.Build(),
    ];
}
