using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SslAgent.Domain;

/// <summary>Checks whose failure is a bug of ours: they crash with the broken condition, never a recoverable error.</summary>
public static class Check
{
    public static void That(
        [DoesNotReturnIf(false)] bool condition, string because, [CallerArgumentExpression(nameof(condition))] string? expression = null)
    {
        if (!condition) throw new BrokenInvariantException($"{because} (broken: {expression})");
    }

    public static T NotNull<T>([NotNull] T? value, string because) where T : class =>
        value ?? throw new BrokenInvariantException(because);
}

/// <summary>A bug of ours: state that the code holds to be impossible.</summary>
public sealed class BrokenInvariantException(string message) : InvalidOperationException(message);
