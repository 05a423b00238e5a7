namespace Broker.Storage;

/// <summary>The writer met damage where it had to read: nothing was written.</summary>
internal sealed class LogDamagedException(LogDamage damage) : StorageException(damage.ToString())
{
    public LogDamage Damage => damage;
}
