namespace MessagePack;

/// <summary>
/// Limits for reading bytes of doubtful origin. Here: how deep values may nest. (The package also hands out hash comparers for its
/// object formatters, which nobody here uses.)
/// </summary>
public class MessagePackSecurity
{
    public static readonly MessagePackSecurity TrustedData = new() { HashCollisionResistant = false };

    public static readonly MessagePackSecurity UntrustedData = new() { HashCollisionResistant = true };

    private MessagePackSecurity()
    {
    }

    protected MessagePackSecurity(MessagePackSecurity copyFrom)
    {
        ArgumentNullException.ThrowIfNull(copyFrom);
        HashCollisionResistant = copyFrom.HashCollisionResistant;
        MaximumObjectGraphDepth = copyFrom.MaximumObjectGraphDepth;
    }

    public bool HashCollisionResistant { get; private set; }

    /// <summary>Arrays and maps inside each other that <see cref="DepthStep"/> lets through.</summary>
    public int MaximumObjectGraphDepth { get; private set; } = 500;

    public MessagePackSecurity WithMaximumObjectGraphDepth(int maximumObjectGraphDepth)
    {
        if (MaximumObjectGraphDepth == maximumObjectGraphDepth) return this;
        MessagePackSecurity clone = Clone();
        clone.MaximumObjectGraphDepth = maximumObjectGraphDepth;
        return clone;
    }

    /// <summary>
    /// Call it before reading what is inside an array or a map, and lower <see cref="MessagePackReader.Depth"/> again behind it.
    /// </summary>
    /// <exception cref="InsufficientExecutionStackException">The value nests deeper than allowed.</exception>
    public void DepthStep(ref MessagePackReader reader)
    {
        if (reader.Depth >= MaximumObjectGraphDepth)
        {
            throw new InsufficientExecutionStackException(
                $"The MessagePack value nests deeper than the {MaximumObjectGraphDepth} levels that are allowed.");
        }

        reader.Depth++;
    }

    protected virtual MessagePackSecurity Clone() => new(this);
}
