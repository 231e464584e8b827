"""What a browser may send about backups."""

from fundapp.kit.web.forms import Form, Words


class FolderForm(Form):
    folder: Words
